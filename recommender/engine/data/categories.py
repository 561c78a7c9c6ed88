"""The categories that items carry, as matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.types import IntArray, Query


def category_matrix(categories: Sequence[tuple[str, ...]]) -> sp.csr_matrix:
    """(n_items, n_categories) float32: 1 where the item has the category."""
    codes: dict[str, int] = {}
    sets = [
        sorted({codes.setdefault(name, len(codes)) for name in names if name})
        for names in categories
    ]
    indptr = np.cumsum([0] + [len(row) for row in sets])
    columns = np.array([code for row in sets for code in row], dtype=np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    return sp.csr_matrix((ones, columns, indptr), shape=(len(sets), max(1, len(codes))))


Values = NDArray[np.float64]


Indices = NDArray[np.int64]


SMOOTHING = 0.01
"""How much of the person's mix is taken for granted in every list: without it a missing category costs infinitely."""


@dataclass(frozen=True, slots=True)
class Held:
    """The categories of some items, all shapes (their number,): ``share`` of item ``entry`` that is of ``category``."""

    entry: Indices
    category: Indices
    share: Values


@dataclass(frozen=True, slots=True)
class Categories:
    """(n_items, n_categories) 0/1; an item counts for all its categories in equal shares.

    Sparse rows are taken by hand: for a list of ten, scipy's ways cost more than all the rest.
    """

    indptr: Indices
    indices: Indices
    n_categories: int

    @classmethod
    def of(cls, matrix: sp.csr_matrix) -> Categories:
        return cls(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.shape[1])

    def held_by(self, items: IntArray) -> Held:
        starts, sizes = self.indptr[items], self.indptr[items + 1] - self.indptr[items]
        ends = np.cumsum(sizes)
        entry = np.repeat(np.arange(len(items)), sizes)
        within = np.arange(len(entry)) - np.repeat(ends - sizes, sizes)
        return Held(entry, self.indices[starts[entry] + within], 1 / sizes[entry])

    def mix(self, query: Query) -> CategoryMix | None:
        """The mix of a history by weight; None where it has no categories."""
        held = self.held_by(query.history)
        weights = held.share * query.weights[held.entry]
        shares = np.bincount(held.category, weights=weights, minlength=self.n_categories)
        total = shares.sum()
        return CategoryMix(shares / total, self) if total > 0 else None


@dataclass(frozen=True, slots=True)
class CategoryMix:
    """``shares``: (n_categories,) how much of a person's history is of each category; they sum to 1."""

    shares: Values
    categories: Categories

    def divergence_of(self, items: IntArray) -> float:
        """How far a list's mix is from this one, in nats; the most for a list of nothing."""
        held = self.categories.held_by(items)
        listed = np.bincount(held.category, weights=held.share, minlength=len(self.shares)) / max(
            1, len(items)
        )
        own = self.shares > 0
        return divergence(
            self.shares[own], (1 - SMOOTHING) * listed[own] + SMOOTHING * self.shares[own]
        )


def divergence(mix: Values, listed: Values) -> float:
    """Kullback-Leibler divergence in nats, 0 = the same; both must be above 0 everywhere."""
    return float(mix @ np.log(mix / listed))
