"""What a component's score is divided by: constants of the training, by length of the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import FloatArray, IntArray, Query
from recommender.engine.runtime.positions import distinct
from recommender.engine.scorers.base import Scorer

LENGTHS = np.array([1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
"""Histories of the same scale: up to 0 items, 1, 2, 3 to 4, 5 to 7, …, 89 and more."""

BUCKETS = len(LENGTHS) + 1

SHRINKAGE = 10
"""People of all lengths who count in each scale, because some lengths are rare."""

LEAST_DEVIATION = 1e-12
"""Scores that differ less are constant."""

NAMED, SAMPLED = 1000, 2000
"""Items of a large catalogue that are scored for a deviation: the best, and others."""

Deviations = NDArray[np.float64]


def bucket_of(length: int) -> int:
    """The column of a scale for a history of this length."""
    return int(np.searchsorted(LENGTHS, length, side="right"))


def buckets_of(lengths: Sequence[int]) -> NDArray[np.int64]:
    return np.searchsorted(LENGTHS, lengths, side="right")


def inverse_scales(deviations: NDArray[Any], lengths: Sequence[int]) -> FloatArray:
    """(BUCKETS,) one over the typical deviation of scores by length of the history.

    The geometric mean over people, drawn towards that of all lengths. 0 where nobody's scores
    differ.

    Args:
        deviations: (people,) of each one's scores over the catalogue; 0 or NaN = they are constant.
        lengths: (people,) of their histories.
    """
    known = np.flatnonzero(np.nan_to_num(deviations) > LEAST_DEVIATION)
    if not len(known):
        return np.zeros(BUCKETS, dtype=np.float32)
    logs, buckets = np.log(deviations[known]), buckets_of(lengths)[known]
    people = np.bincount(buckets, minlength=BUCKETS)
    sums = np.bincount(buckets, logs, BUCKETS) + SHRINKAGE * logs.mean()
    scales: FloatArray = np.exp(-sums / (people + SHRINKAGE)).astype(np.float32)
    return scales


def deviations_of(scores: FloatArray) -> FloatArray:
    """(rows,) standard deviation of each row; missing scores (NaN) do not count."""
    unknown = np.isnan(scores)
    filled, count = scores, np.full(len(scores), float(scores.shape[1]))
    if unknown.any():
        filled, count = np.where(unknown, 0, scores), count - unknown.sum(axis=1)
    count = np.maximum(count, 1)
    mean = filled.sum(axis=1, dtype=np.float64) / count
    square = np.einsum("ij,ij->i", filled, filled) / count
    deviation: FloatArray = np.sqrt(np.maximum(square - mean**2, 0)).astype(np.float32)
    return deviation


def deviation_of(scorer: Scorer, query: Query, n_items: int) -> float:
    """The standard deviation of a query's scores over a large catalogue, from some of them.

    The best scored items are the most of it: they are scored, and evenly spaced others stand for
    the rest. 0 if no item has a score.
    """
    everything = Nomination(NAMED, 0, np.ones(n_items, dtype=bool))
    best = distinct(scorer.named(query, everything), n_items)
    others = np.setdiff1d(_spaced(n_items, SAMPLED), best).astype(np.int32)
    own, rest = scorer.score(query, best), scorer.score(query, others)
    own, known = own[~np.isnan(own)], rest[~np.isnan(rest)]
    each = (n_items - len(best)) / max(1, len(others))  # items that one of the others stands for
    count = max(1.0, len(own) + each * len(known))
    mean = (own.sum(dtype=np.float64) + each * known.sum(dtype=np.float64)) / count
    square = float(own @ own + each * (known @ known)) / count
    return float(np.sqrt(max(square - mean**2, 0)))


def _spaced(n_items: int, n: int) -> IntArray:
    return np.linspace(0, n_items - 1, min(n, n_items)).astype(np.int32)


def inverse_deviation(scores: FloatArray) -> float:
    """One over the standard deviation of (n,) scores; 0 if they are constant."""
    deviation = float(np.nan_to_num(deviations_of(scores[None])[0]))
    return 1 / deviation if deviation > LEAST_DEVIATION else 0.0
