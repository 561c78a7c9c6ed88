"""Whitening: directions that all texts share say nothing about any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.engine.data.types import FloatArray

RIDGE = 0.1
"""Added to every variance before whitening, as a share of the mean variance: keeps noise directions small.

What few rows say of many directions is noise: (directions / rows) is added to the share. Without it, rows no more than
directions would all be made equally far from each other.
"""


@dataclass(frozen=True)
class Whitening:
    """A centre and axes that were learnt from one set of vectors and can be used on others.

    ``mean``: (d,); ``axes``: (d, k), k below d where only the strongest directions were kept.

    Source: Su et al. 2021, Whitening sentence representations.
    """

    mean: FloatArray
    axes: FloatArray

    @classmethod
    def of(cls, vectors: FloatArray, dimensions: int | None = None) -> Self:
        """Learn from rows that are not all zero; ``dimensions``: keep that many directions at most.

        Of fewer than two rows nothing can be learnt, and they stay as they are.
        """
        filled = vectors[filled_rows(vectors)]
        width = vectors.shape[1]
        if len(filled) < 2:
            return cls(
                np.zeros(width, np.float32),
                np.eye(width, min(width, dimensions or width), dtype=np.float32),
            )
        mean = filled.mean(axis=0, dtype=np.float64)
        variances, axes = np.linalg.eigh(_covariance(filled, mean))
        variances = np.maximum(variances, 0)
        ridge = RIDGE + width / len(filled)
        scaled = axes / np.sqrt(variances + ridge * variances.mean() + 1e-12)
        kept = scaled @ axes.T if dimensions is None else scaled[:, ::-1][:, :dimensions]
        return cls(mean.astype(np.float32), kept.astype(np.float32))

    def __call__(self, vectors: FloatArray) -> FloatArray:
        """(n, k) rows of length 1; rows of zeros stay zeros."""
        made = np.zeros((len(vectors), self.axes.shape[1]), dtype=np.float32)
        filled = filled_rows(vectors)
        made[filled] = unit_rows((vectors[filled] - self.mean) @ self.axes)
        return made

    def semantic_vectors(self, made: FloatArray) -> FloatArray:
        """(n, k) rows of length 1: whitened rows with their directions' own spread again.

        Whitened vectors tell items of one catalogue apart; what somebody typed is nearer to what it means without.
        """
        return unit_rows(made / np.maximum(np.linalg.norm(self.axes, axis=0), 1e-12))


def whitened(vectors: FloatArray, dimensions: int | None = None) -> FloatArray:
    """Centred, decorrelated rows scaled to length 1; rows of zeros stay zeros and do not count."""
    return Whitening.of(vectors, dimensions)(vectors)


def filled_rows(vectors: FloatArray) -> np.ndarray:
    """Row numbers of those that are not all zero."""
    return np.flatnonzero(vectors.any(axis=1))


def unit_rows(rows: FloatArray) -> FloatArray:
    lengths, unit = np.linalg.norm(rows, axis=1, keepdims=True), np.zeros_like(rows)
    np.divide(rows, lengths, out=unit, where=lengths > 0)
    return unit


def _covariance(rows: FloatArray, mean: np.ndarray) -> np.ndarray:
    """(d, d) float64 in blocks: no second copy of the rows."""
    total = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), 4096):
        block = rows[start : start + 4096] - mean
        total += block.T @ block
    return total / (len(rows) - 1)
