"""Lists with the mix of categories that the person's own history has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.types import IntArray, Query

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

    def mix(self, query: Query) -> Mix | None:
        """The mix of a history by weight; None where it has no categories."""
        held = self.held_by(query.history)
        weights = held.share * query.weights[held.entry]
        shares = np.bincount(held.category, weights=weights, minlength=self.n_categories)
        total = shares.sum()
        return Mix(shares / total, self) if total > 0 else None


@dataclass(frozen=True, slots=True)
class Mix:
    """``shares``: (n_categories,) how much of a person's history is of each category; they sum to 1."""

    shares: Values
    categories: Categories

    def divergence_of(self, items: IntArray) -> float:
        """How far a list's mix is from this one, in nats; the most for a list of nothing."""
        held = self.categories.held_by(items)
        listed = np.bincount(held.category, weights=held.share, minlength=len(self.shares)) / max(1, len(items))
        own = self.shares > 0
        return divergence(self.shares[own], (1 - SMOOTHING) * listed[own] + SMOOTHING * self.shares[own])


class Miscalibration:
    """The divergence of the list so far with each entry of a pool added to it.

    An item without categories takes a place and counts for none.

    Source: Steck 2018, calibrated recommendations.
    """

    depth = 10  # a category of the person's may come up late in the order of scores

    def __init__(self, wish: float, mix: Mix, items: IntArray) -> None:
        self.wish = wish
        self._pool, self._size = len(items), 0
        own = np.flatnonzero(mix.shares)  # no other category matters, and each entry has few of them
        held = mix.categories.held_by(items)
        kept = mix.shares[held.category] > 0
        self._mix, self._listed = mix.shares[own], np.zeros(len(own))
        self._column = np.searchsorted(own, held.category[kept])
        self._entry, self._share = held.entry[kept], (1 - SMOOTHING) * held.share[kept]
        self._wanted = self._mix[self._column]

    def of_next(self) -> Values:
        size = self._size + 1
        without = self._listed / size + SMOOTHING * self._mix
        gains = self._wanted * np.log1p(self._share / size / without[self._column])
        saved = np.bincount(self._entry, weights=gains, minlength=self._pool)
        return np.asarray(divergence(self._mix, without) - saved, dtype=np.float64)

    def choose(self, entry: int) -> None:
        own = slice(*np.searchsorted(self._entry, [entry, entry + 1]))
        self._listed[self._column[own]] += self._share[own]
        self._size += 1


def divergence(mix: Values, listed: Values) -> float:
    """Kullback-Leibler divergence in nats, 0 = the same; both must be above 0 everywhere."""
    return float(mix @ np.log(mix / listed))
