"""Lists with the mix of categories that the person's own history has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.types import IntArray, Query

Values = NDArray[np.float64]

SMOOTHING = 0.01
"""How much of the person's mix is taken for granted in every list: without it a missing category costs infinitely."""


@dataclass(frozen=True, slots=True)
class Mix:
    """``shares``: (n_categories,) how much of a person's history belongs to each category; they sum to 1.

    ``categories``: (n_items, n_categories) 0/1. An item counts for all its categories in equal parts.
    """

    shares: Values
    categories: sp.csr_matrix

    @classmethod
    def of(cls, query: Query, categories: sp.csr_matrix) -> Mix | None:
        """None for a history without categories."""
        mix = category_shares(categories, query.history).T @ query.weights.astype(np.float64)
        total = mix.sum()
        return cls(mix / total, categories) if total > 0 else None

    def divergence_of(self, items: IntArray) -> float:
        """How far a list's mix is from this one, in nats; the most for a list of nothing."""
        listed = np.asarray(category_shares(self.categories, items).sum(axis=0)).ravel() / max(1, len(items))
        return divergence(self.shares, smoothed(listed, self.shares))


class Miscalibration:
    """The divergence of the list so far with each entry of a pool added to it.

    An item without categories takes a place and counts for none.

    Source: Steck 2018, calibrated recommendations.
    """

    depth = 20  # a category of the person's may come up late in the order of scores

    def __init__(self, wish: float, mix: Mix, items: IntArray) -> None:
        self.wish = wish
        self._mix, self._pool, self._size = mix.shares, len(items), 0
        self._listed = np.zeros(len(mix.shares))
        # only categories of the person's matter, and each entry has few
        shares = category_shares(mix.categories, items)
        held = np.flatnonzero(mix.shares[shares.indices])
        self._columns, self._shares = shares.indices[held], shares.data[held].astype(np.float64)
        self._entries = np.repeat(np.arange(len(items)), np.diff(shares.indptr))[held]

    def of_next(self) -> Values:
        size = self._size + 1
        without = smoothed(self._listed / size, self._mix)
        after = without[self._columns] + (1 - SMOOTHING) * self._shares / size
        gains = self._mix[self._columns] * np.log(after / without[self._columns])
        saved = np.bincount(self._entries, weights=gains, minlength=self._pool)
        return np.asarray(divergence(self._mix, without) - saved, dtype=np.float64)

    def choose(self, entry: int) -> None:
        own = slice(*np.searchsorted(self._entries, [entry, entry + 1]))
        self._listed[self._columns[own]] += self._shares[own]
        self._size += 1


def category_shares(categories: sp.csr_matrix, items: IntArray) -> sp.csr_matrix:
    """(len(items), n_categories) rows of a 0/1 matrix, each divided by its sum."""
    rows = categories[items]
    sizes = np.diff(rows.indptr)
    return sp.csr_matrix((rows.data / np.repeat(sizes, sizes), rows.indices, rows.indptr), shape=rows.shape)


def smoothed(listed: Values, mix: Values) -> Values:
    return np.asarray((1 - SMOOTHING) * listed + SMOOTHING * mix, dtype=np.float64)


def divergence(mix: Values, listed: Values) -> float:
    """Kullback-Leibler divergence in nats, 0 = the same; ``listed`` must be above 0 wherever the mix is."""
    own = mix > 0
    return float(mix[own] @ np.log(mix[own] / listed[own]))
