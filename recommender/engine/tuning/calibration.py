"""Choose the calibration strength of lists on the slice that the blend was tuned on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.engine.data.head_tail import head_of
from recommender.engine.data.types import IntArray
from recommender.engine.evaluation.metrics import mean, ndcg_by_person, recall_by_person
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.ranking.second_stage import TreeRanker
from recommender.engine.runtime.part_done import part_done
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.tuning.validation import Validation

CALIBRATIONS = (0.0, 0.1, 0.2, 0.3)
MOST_ASKED = 500
LEAST_GAIN = 0.01
"""Smallest relative gain of NDCG that turns calibration on."""

TAIL_LOSS = 0.03
"""Largest relative loss of tail recall that calibration may cause."""


@dataclass(frozen=True)
class Tried:
    """Figures at the list's length; nan if no person counts."""

    calibration: float
    ndcg: float
    tail_recall: float


def try_calibrations(
    blend: Blend, scorer: Hybrid, validation: Validation, k: int, trees: TreeRanker | None = None
) -> list[Tried]:
    """Figures of each setting, from lists of k for at most 500 questions of the slice.

    Empty without categories. ``scorer``: the blend fitted on the slice's training data;
    ``trees``: of the same data.
    """
    if not any(validation.train.items.categories):
        return []
    rows = np.unique(
        np.linspace(0, len(validation) - 1, min(MOST_ASKED, len(validation))).astype(int)
    )
    allowed = None if validation.later is None else ~validation.later
    requests = [
        Request(validation.queries[row], k, allowed=allowed, **blend.reranking) for row in rows
    ]
    relevant = [validation.relevant[row] for row in rows]
    recommender = Recommender.of(scorer, validation.train, trees=trees)
    lists: list[list[IntArray]] = [[] for _ in CALIBRATIONS]
    for request, scored in zip(requests, recommender.score_queries(requests), strict=True):
        for column, value in zip(lists, CALIBRATIONS, strict=True):
            made = scored.recommend(replace(request, calibration=value))
            column.append(np.array([item.item for item in made.ranked_items], dtype=np.int32))
        part_done()
    return [
        _evaluate(value, column, relevant, validation, k)
        for value, column in zip(CALIBRATIONS, lists, strict=True)
    ]


def with_best(blend: Blend, tried: Sequence[Tried]) -> Blend:
    """The blend with the calibration of the best NDCG within ``LEAST_GAIN`` and ``TAIL_LOSS``."""
    if not tried:
        return blend
    plain = tried[0]
    good = [
        each
        for each in tried
        if each.ndcg >= (1 + LEAST_GAIN) * plain.ndcg
        and not each.tail_recall < (1 - TAIL_LOSS) * plain.tail_recall
    ]
    return replace(
        blend, calibration=max(good, key=lambda each: each.ndcg, default=plain).calibration
    )


def _evaluate(
    calibration: float,
    lists: Sequence[IntArray],
    relevant: Sequence[IntArray],
    validation: Validation,
    k: int,
) -> Tried:
    in_tail = ~head_of(validation.train)
    tail = [items[in_tail[items]] for items in relevant]
    return Tried(
        calibration,
        mean(ndcg_by_person(lists, relevant, k)),
        mean(recall_by_person(lists, tail, k)),
    )
