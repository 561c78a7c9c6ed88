"""Something completely different: far from what a person did, in words and in categories, and still well received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query

UNEXPECTED = "different"
"""The name of the source."""

OWN_SHARE = 0.05
"""From this share of a history on, a category is the person's own."""

FAR = 1 / 3
"""So much of the catalogue is far from a history."""

BROAD_SHARE = 0.25
"""A category of more of the catalogue than this (book, course) does not tell items apart."""


@dataclass(frozen=True)
class Unexpectedness:
    """What is different for whom.

    Args:
        counts: (n_items,) people per item.
        categories: (n_items, n_categories) 0/1; None = not known.
    """

    counts: IntArray
    categories: sp.csr_matrix | None

    def score(
        self, query: Query, scores: FloatArray, near: Sequence[FloatArray], n: int
    ) -> FloatArray:
        """(n_items,) 0 … 1: half how well known an item is, half how well it fits all the same; NaN for all that is
        not far, that nobody took, or that fewer than half of the known items have fewer people than.

        Args:
            query: the person; without a history nothing is different.
            scores: (n_items,) the person's own, NaN = cannot tell.
            near: each (n_items,) how near the items' texts are to the history, NaN = cannot tell; by words, by
                meaning: an item must be far by their mean. Empty: all are far.
            n: with fewer items outside the person's categories than this, those inside count too.
        """
        far = self._far(near) if len(query) else np.zeros(len(self.counts), dtype=bool)
        known = self.counts > 0
        received = _standing(self.counts.astype(np.float64), known)
        far &= known & (received >= 0.5)
        elsewhere = far & ~self.own(query)
        chosen = elsewhere if elsewhere.sum() >= n else far
        fitting = _standing(np.nan_to_num(scores, nan=-np.inf).astype(np.float64), chosen)
        return np.where(chosen, (received + fitting) / 2, np.nan).astype(np.float32)

    def own(self, query: Query) -> BoolArray:
        """(n_items,) mask of the items that share a telling category with the person's history."""
        if self.categories is None or not len(query):
            return np.zeros(len(self.counts), dtype=bool)
        sizes = np.asarray(self.categories.sum(axis=0)).ravel()
        held = np.asarray(self.categories[query.history].sum(axis=0)).ravel()
        mine = (
            (held >= OWN_SHARE * len(query))
            & (held > 0)
            & (sizes <= BROAD_SHARE * len(self.counts))
        )
        return np.asarray(self.categories @ mine.astype(np.float32)).ravel() > 0

    def _far(self, near: Sequence[FloatArray]) -> BoolArray:
        """The farthest third of the items by their texts."""
        told = [(each, ~np.isnan(each)) for each in near if not np.isnan(each).all()]
        if not told:
            return np.ones(len(self.counts), dtype=bool)
        known: BoolArray = np.logical_and.reduce([mask for _each, mask in told])
        nearness = np.mean(
            [_standing(np.nan_to_num(each).astype(np.float64), mask) for each, mask in told], axis=0
        )
        return known & (nearness <= np.quantile(nearness[known], FAR)) if known.any() else known


def _standing(values: NDArray[np.float64], among: BoolArray) -> NDArray[np.float64]:
    """(n_items,) share of the items ``among`` with a lower value than each."""
    ordered = np.sort(values[among])
    return np.searchsorted(ordered, values) / max(1, len(ordered))
