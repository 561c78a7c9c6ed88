"""What a component's score is divided by: constants of the training, by length of the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import FloatArray

LENGTHS = np.array([1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
"""Histories of the same scale: up to 0 items, 1, 2, 3 to 4, 5 to 7, …, 89 and more."""

BUCKETS = len(LENGTHS) + 1

SHRINKAGE = 10
"""People of all lengths who count in each scale, because some lengths are rare."""

LEAST_DEVIATION = 1e-12
"""Scores that differ less are constant."""

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


def inverse_deviation(scores: FloatArray) -> float:
    """One over the standard deviation of (n,) scores; 0 if they are constant."""
    deviation = float(np.nan_to_num(deviations_of(scores[None])[0]))
    return 1 / deviation if deviation > LEAST_DEVIATION else 0.0
