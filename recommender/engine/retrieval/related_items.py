"""Items related to one item, each relation by the parts that know it: texts, people, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.pipeline import Recommender, components_of
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.hybrid import inverse_scale


class Relation(StrEnum):
    TEXT = "text"
    PEOPLE = "people"
    AFTER = "after"


KNOWN_BY: Mapping[Relation, Sequence[tuple[str, ...]]] = {
    Relation.TEXT: (("semantic",), ("sentences",), ("words",), ("interest",)),
    Relation.PEOPLE: (("item_knn", "people_knn", "linear"), ("text_knn",)),
    Relation.AFTER: (("transitions",), ("sequence",)),
}
"""Names of parts: of the first group that is there, all that are there are asked."""

LEAST_ALIKE = 0.2
"""Cosine below which texts share a word or two, not a meaning."""


PENALISED = 1e-6
"""So much of its score keeps an item that comes after the others."""


def related(
    recommender: Recommender,
    relation: Relation,
    item: int,
    n: int,
    allowed: BoolArray | None = None,
    last: BoolArray | None = None,
) -> list[int]:
    """At most ``n`` indices, nearest first; none where no part knows the relation, or nothing of the item.

    ``allowed``, ``last``: (n_items,) what may come, and what comes after the others.
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
    if relation == Relation.TEXT and (alike := _alike(recommender, item)) is not None:
        return alike
    found = _parts(recommender, relation)
    return _sum([part.similar(item) for part in found]) if found else None


def _alike(recommender: Recommender, item: int) -> FloatArray | None:
    """(n_items,) cosines of what the texts mean, where an encoder read this item."""
    interest = recommender.interest
    if interest is None or not interest.meanings.shape[1] or not interest.meanings[item].any():
        return None
    cosines = np.asarray(interest.meanings @ interest.meanings[item], dtype=np.float32)
    return np.where(cosines >= LEAST_ALIKE, cosines, np.float32(0))


def _parts(recommender: Recommender, relation: Relation) -> list[Scorer]:
    by_name = {
        part.name: part
        for part in (*components_of(recommender.scorer), recommender.interest)
        if part is not None
    }
    groups = ([by_name[name] for name in group if name in by_name] for group in KNOWN_BY[relation])
    return next(filter(None, groups), [])


def _sum(scores: Sequence[FloatArray]) -> FloatArray:
    """The parts' scores on one scale, added; what a part cannot judge adds nothing."""
    total = np.zeros_like(scores[0])
    for each in scores:
        total += np.nan_to_num(each) * inverse_scale(each[None])[0]
    return total
