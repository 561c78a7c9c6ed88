"""Item categories as matrices, and the mix of categories in a history."""

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
"""Share of the person's mix that is added to every list: without it a missing category costs
infinitely much."""


@dataclass(frozen=True, slots=True)
class ItemCategories:
    """The (item, category) pairs of some items.

    Shapes: all (n_pairs,). ``entry`` is the item's position among these items, ``share`` the
    category's share of the item: 1 / (number of its categories).
    """

    entry: Indices
    category: Indices
    share: Values


@dataclass(frozen=True, slots=True)
class Categories:
    """The (n_items, n_categories) 0/1 matrix as sparse rows.

    An item counts for each of its categories in equal shares. The rows are read without scipy:
    for a list of ten items scipy's indexing would cost more than everything else.
    """

    indptr: Indices
    indices: Indices
    n_categories: int

    @classmethod
    def of(cls, matrix: sp.csr_matrix) -> Categories:
        return cls(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.shape[1])

    def of_items(self, items: IntArray) -> ItemCategories:
        starts, sizes = self.indptr[items], self.indptr[items + 1] - self.indptr[items]
        ends = np.cumsum(sizes)
        entry = np.repeat(np.arange(len(items)), sizes)
        within = np.arange(len(entry)) - np.repeat(ends - sizes, sizes)
        return ItemCategories(entry, self.indices[starts[entry] + within], 1 / sizes[entry])

    def mix(self, query: Query) -> CategoryMix | None:
        """The weighted category mix of a history; None if its items have no categories."""
        pairs = self.of_items(query.history)
        weights = pairs.share * query.weights[pairs.entry]
        shares = np.bincount(pairs.category, weights=weights, minlength=self.n_categories)
        total = shares.sum()
        return CategoryMix(shares / total, self) if total > 0 else None


@dataclass(frozen=True, slots=True)
class CategoryMix:
    """``shares``: (n_categories,) each category's share of a person's history; they sum to 1."""

    shares: Values
    categories: Categories

    def divergence_of(self, items: IntArray) -> float:
        """Divergence in nats of a list's mix from this one; highest for an empty list."""
        pairs = self.categories.of_items(items)
        shares = np.bincount(pairs.category, weights=pairs.share, minlength=len(self.shares))
        listed = shares / max(1, len(items))
        own = self.shares > 0
        return divergence(
            self.shares[own], (1 - SMOOTHING) * listed[own] + SMOOTHING * self.shares[own]
        )


def divergence(mix: Values, listed: Values) -> float:
    """Kullback-Leibler divergence in nats, 0 = equal; both must be above 0 everywhere."""
    return float(mix @ np.log(mix / listed))
