"""Whitening of text vectors: directions that all texts share do not distinguish them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.engine.data.types import FloatArray

RIDGE = 0.1
"""Added to every variance as a share of the mean variance, so that noise directions stay small.

With few rows most directions are noise, so (directions / rows) is added to the share. Without it
all rows would be equally far from each other if there are no more rows than directions.
"""


@dataclass(frozen=True)
class Whitening:
    """A centre and axes, learnt from one set of vectors and applied to any vectors.

    ``mean``: (d,). ``axes``: (d, k); k is below d if only the strongest directions are used.

    Source: Su et al. 2021, Whitening sentence representations.
    """

    mean: FloatArray
    axes: FloatArray

    @classmethod
    def of(cls, vectors: FloatArray, dimensions: int | None = None) -> Self:
        """Learn from the rows that are not all zero; ``dimensions``: most directions to use.

        With fewer than two such rows the vectors are only scaled to length 1.
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
        used = scaled @ axes.T if dimensions is None else scaled[:, ::-1][:, :dimensions]
        return cls(mean.astype(np.float32), used.astype(np.float32))

    def __call__(self, vectors: FloatArray) -> FloatArray:
        """(n, k) rows of length 1; rows of zeros stay zeros."""
        rows = np.zeros((len(vectors), self.axes.shape[1]), dtype=np.float32)
        filled = filled_rows(vectors)
        rows[filled] = unit_rows((vectors[filled] - self.mean) @ self.axes)
        return rows

    def semantic_vectors(self, rows: FloatArray) -> FloatArray:
        """(n, k) rows of length 1: whitened rows, scaled back to the spread of their directions.

        Whitened vectors distinguish the items of one catalogue. For typed text the original spread
        gives better semantic similarity.
        """
        return unit_rows(rows / np.maximum(np.linalg.norm(self.axes, axis=0), 1e-12))


def whitened(vectors: FloatArray, dimensions: int | None = None) -> FloatArray:
    """Centred, decorrelated rows of length 1; rows of zeros stay zeros and are not learnt from."""
    return Whitening.of(vectors, dimensions)(vectors)


def filled_rows(vectors: FloatArray) -> np.ndarray:
    """Numbers of the rows that are not all zero."""
    return np.flatnonzero(vectors.any(axis=1))


def unit_rows(rows: FloatArray) -> FloatArray:
    lengths, unit = np.linalg.norm(rows, axis=1, keepdims=True), np.zeros_like(rows)
    np.divide(rows, lengths, out=unit, where=lengths > 0)
    return unit


def _covariance(rows: FloatArray, mean: np.ndarray) -> np.ndarray:
    """(d, d) float64; computed in blocks, so that the rows are not copied."""
    total = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), 4096):
        block = rows[start : start + 4096] - mean
        total += block.T @ block
    return total / (len(rows) - 1)
