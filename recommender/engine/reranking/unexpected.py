"""Unexpected items: far from a person's history by text and category, and still popular."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query

UNEXPECTED = "different"
"""The name of the source in traces and stored impressions."""

OWN_SHARE = 0.05
"""Smallest share of a history that makes a category the person's own."""

FAR = 1 / 3
"""Share of the candidates that counts as far from a history."""

BROAD_SHARE = 0.25
"""A category with a larger share of the catalogue (book, course) does not distinguish items."""


@dataclass(frozen=True)
class Unexpectedness:
    """Scores unexpected items.

    Args:
        counts: (n_items,) people per item.
        categories: (n_items, n_categories) 0/1; None = unknown.
    """

    counts: IntArray
    categories: sp.csr_matrix | None

    def score(
        self,
        query: Query,
        items: IntArray,
        scores: FloatArray,
        near: Sequence[FloatArray],
        n: int,
    ) -> FloatArray:
        """(k,) 0 … 1: the mean of the item's percentiles by popularity and by score.

        NaN for items that are not far from the history, that nobody took, or that are less popular
        than the median of these items.

        Args:
            query: the person's history; if it is empty, no item is unexpected.
            items: (k,) the candidates.
            scores: (k,) the person's scores, NaN = no score.
            near: each (k,) text similarity to the history, NaN = unknown: by words, semantic.
                An item must be far by the mean of them. If empty, all items are far.
            n: if fewer items are outside the person's own categories, those inside count too.
        """
        counts = self.counts[items]
        far = self._far(near, len(items)) if len(query) else np.zeros(len(items), dtype=bool)
        known = counts > 0
        popularity = _percentiles(counts.astype(np.float64), known)
        far &= known & (popularity >= 0.5)
        elsewhere = far & ~self.own(query, items)
        chosen = elsewhere if elsewhere.sum() >= n else far
        fit = _percentiles(np.nan_to_num(scores, nan=-np.inf).astype(np.float64), chosen)
        return np.where(chosen, (popularity + fit) / 2, np.nan).astype(np.float32)

    def own(self, query: Query, items: IntArray) -> BoolArray:
        """(k,) mask of the items in one of the person's own categories.

        Broad categories do not count, see ``BROAD_SHARE``.
        """
        if self.categories is None or not len(query):
            return np.zeros(len(items), dtype=bool)
        sizes = self._sizes
        in_history = np.asarray(self.categories[query.history].sum(axis=0)).ravel()
        own = (
            (in_history >= OWN_SHARE * len(query))
            & (in_history > 0)
            & (sizes <= BROAD_SHARE * len(self.counts))
        )
        return np.asarray(self.categories[items] @ own.astype(np.float32)).ravel() > 0

    @cached_property
    def _sizes(self) -> NDArray[np.float64]:
        """(n_categories,) items of each."""
        assert self.categories is not None
        return np.asarray(self.categories.sum(axis=0), dtype=np.float64).ravel()

    def _far(self, near: Sequence[FloatArray], n: int) -> BoolArray:
        """(n,) mask of the third of the items whose texts are farthest."""
        measured = [(each, ~np.isnan(each)) for each in near if not np.isnan(each).all()]
        if not measured:
            return np.ones(n, dtype=bool)
        known: BoolArray = np.logical_and.reduce([mask for _each, mask in measured])
        percentiles = [
            _percentiles(np.nan_to_num(each).astype(np.float64), mask) for each, mask in measured
        ]
        nearness = np.mean(percentiles, axis=0)
        return known & (nearness <= np.quantile(nearness[known], FAR)) if known.any() else known


def _percentiles(values: NDArray[np.float64], among: BoolArray) -> NDArray[np.float64]:
    """(k,) for each value the share of the items ``among`` with a lower one, 0 … 1."""
    ordered = np.sort(values[among])
    return np.searchsorted(ordered, values) / max(1, len(ordered))
