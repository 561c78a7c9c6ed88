"""EASE^R: the closed-form linear item-item model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray
from recommender.engine.runtime.confidence import confidence
from recommender.engine.runtime.sparse import BLOCK_ROWS, stacked, strongest_dense
from recommender.engine.scorers.item_item import NeighbourScorer


@dataclass(frozen=True)
class LinearParams:
    """``max_items``: above it no item gets a score, because the inverse is dense."""

    regularisation: float = 300.0
    neighbours: int = 300
    max_items: int = 10_000


class Linear(NeighbourScorer):
    """Weights that reconstruct every history from its other items.

    With P = (X'X + r I)^-1 the weights are -P / diag(P), diagonal 0. With fewer users than items
    the same P comes from the smaller matrix X X' (Woodbury).
    Source: Steck 2019, Embarrassingly Shallow Autoencoders.
    """

    name: ClassVar[str] = "linear"
    params: LinearParams

    def __init__(self, params: LinearParams | None = None) -> None:
        super().__init__(params or LinearParams())

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        if train.n_items > self.params.max_items or not len(train.log):
            self.known = np.zeros(train.n_items, dtype=bool)
            self.weights = sp.csr_matrix((train.n_items, train.n_items), dtype=np.float32)
            return self
        log = confidence(train)
        self.known = np.diff(log.tocsc().indptr) > 0
        few_users = log.shape[0] < 0.7 * log.shape[1]
        self.weights = self._by_users(log) if few_users else self._by_items(log)
        return self

    def _by_items(self, log: sp.csr_matrix) -> sp.csr_matrix:
        gram = (log.T @ log).toarray().T
        gram[np.diag_indices(len(gram))] += self.params.regularisation
        inverse = invert(gram)
        return self._sparse(
            inverse.shape[0], lambda block: np.array(inverse[block]), np.diag(inverse).copy()
        )

    def _by_users(self, log: sp.csr_matrix) -> sp.csr_matrix:
        gram = (log @ log.T).toarray().T
        gram[np.diag_indices(len(gram))] += self.params.regularisation
        spread = (log.T @ invert(gram)).astype(np.float32, copy=False)  # (n_items, n_users)
        explained = np.asarray(log.T.multiply(spread).sum(axis=1)).ravel()

        def rows(block: slice) -> FloatArray:
            made = -np.asarray((log.T @ spread[block].T).T)
            made[np.arange(len(made)), np.arange(block.start, block.stop)] += 1
            return made

        return self._sparse(log.shape[1], rows, 1 - explained)

    def _sparse(
        self, n: int, rows_of: Callable[[slice], FloatArray], diagonal: FloatArray
    ) -> sp.csr_matrix:
        def make(block: slice) -> sp.csr_matrix:
            rows = rows_of(block) / -diagonal[None, :]
            rows[np.arange(len(rows)), np.arange(block.start, block.stop)] = 0
            return strongest_dense(rows.astype(np.float32, copy=False), self.params.neighbours)

        return stacked(n, make)


def invert(matrix: FloatArray) -> FloatArray:
    """Invert a symmetric positive definite matrix in place.

    LAPACK fills one triangle; it is copied to the other.

    Raises:
        LinAlgError: if the matrix is not positive definite.
    """
    factor, failed = lapack.spotrf(matrix, lower=1, overwrite_a=1, clean=0)
    inverse: FloatArray
    inverse, failed_too = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise np.linalg.LinAlgError("the regularised gram matrix is not positive definite")
    for start in range(0, len(inverse), BLOCK_ROWS):
        stop = start + BLOCK_ROWS
        inverse[start:stop, stop:] = inverse[stop:, start:stop].T
        corner = np.tril(inverse[start:stop, start:stop])
        inverse[start:stop, start:stop] = corner + np.tril(corner, -1).T
    return inverse
