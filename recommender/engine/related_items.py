"""Items related to one item: by text, by the same people, or by order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.pipeline import Recommender, components_of
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.scales import inverse_deviation


class Relation(StrEnum):
    TEXT = "text"
    PEOPLE = "people"
    AFTER = "after"


SCORERS_BY_RELATION: Mapping[Relation, Sequence[tuple[str, ...]]] = {
    Relation.TEXT: (("semantic",), ("sentences",), ("words",), ("interest",)),
    Relation.PEOPLE: (("item_knn", "people_knn", "linear"), ("text_knn", "linear_text")),
    Relation.AFTER: (("transitions",), ("sequence",)),
}
"""Scorer names in groups. The first group with a fitted scorer is used, with all its scorers."""

MIN_SIMILARITY = 0.2
"""Lowest cosine of semantically similar texts. Below it texts only share a word or two."""

PENALISED = 1e-6
"""Factor on the scores of items that come after all others."""


def related(
    recommender: Recommender,
    relation: Relation,
    item: int,
    n: int,
    allowed: BoolArray | None = None,
    last: BoolArray | None = None,
) -> list[int]:
    """At most ``n`` item indices, nearest first.

    Empty if no component has scores for the relation or the item. ``allowed``: (n_items,) mask of
    the items that may be returned. ``last``: (n_items,) mask of the items that come after the
    others.
    """
    scores = _scores(recommender, relation, item)
    if scores is None:
        return []
    scores = np.nan_to_num(scores, nan=0.0)
    scores[item] = 0
    if allowed is not None:
        scores = np.where(allowed, scores, 0)
    if last is not None:
        scores = np.where(last, scores * PENALISED, scores)
    best = np.argsort(-scores, kind="stable")[:n]
    nearest: list[int] = best[scores[best] > 0].tolist()
    return nearest


def _scores(recommender: Recommender, relation: Relation, item: int) -> FloatArray | None:
    if relation == Relation.TEXT and (cosines := _semantic(recommender, item)) is not None:
        return cosines
    scorers = _scorers(recommender, relation)
    return _sum([scorer.similar(item) for scorer in scorers]) if scorers else None


def _semantic(recommender: Recommender, item: int) -> FloatArray | None:
    """(n_items,) semantic similarity to the item; None if no encoder read the item."""
    interest = recommender.interest
    if (
        interest is None
        or not interest.semantic_vectors.shape[1]
        or not interest.semantic_vectors[item].any()
    ):
        return None
    cosines = np.asarray(
        interest.semantic_vectors @ interest.semantic_vectors[item], dtype=np.float32
    )
    return np.where(cosines >= MIN_SIMILARITY, cosines, np.float32(0))


def _scorers(recommender: Recommender, relation: Relation) -> list[Scorer]:
    by_name = {
        scorer.name: scorer
        for scorer in (*components_of(recommender.scorer), recommender.interest)
        if scorer is not None
    }
    groups = (
        [by_name[name] for name in group if name in by_name]
        for group in SCORERS_BY_RELATION[relation]
    )
    return next(filter(None, groups), [])


def _sum(scores: Sequence[FloatArray]) -> FloatArray:
    """The sum of the scores on one scale; a missing score (NaN) adds nothing."""
    total = np.zeros_like(scores[0])
    for each in scores:
        total += np.nan_to_num(each) * inverse_deviation(each)
    return total
