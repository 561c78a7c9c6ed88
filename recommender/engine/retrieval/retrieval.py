"""Retrieval: which items are scored for a query, so that the cost does not follow the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.runtime.positions import distinct
from recommender.engine.scorers.base import Scorer

ALL_BELOW = 4000
"""Where no more items may be listed, all of them are scored: it costs no more than naming them,
and a narrow filter finds its best items however deep they stand."""

NAMED, NAMED_TAIL = 300, 150
"""Items that each source names, and its tail items."""

CATEGORIES, PER_CATEGORY = 5, 60
"""A person's categories whose popular items are candidates, and items of each."""


@dataclass(frozen=True)
class Retrieval:
    """Names the items to score.

    Args:
        scorer: its sources name items, each within the filter of the request.
        head: (n_items,) mask of the head items.
        popular: (n_items,) what is liked lately.
        categories: (n_items, n_categories) 0/1; None = unknown.
        newer: (n_items,) mask of the items that came after the training; None = there are none.
        seldom_met: (n_items,) mask of the items of seldom met providers, for whom lists may reserve
            places; None = no provider is known.
    """

    scorer: Scorer
    head: BoolArray
    popular: FloatArray
    categories: sp.csr_matrix | None = None
    newer: BoolArray | None = None
    seldom_met: BoolArray | None = None

    @property
    def n_items(self) -> int:
        return len(self.head)

    @property
    def whole(self) -> bool:
        """All items are scored for every query, whatever the filter."""
        return self.n_items <= ALL_BELOW

    def items(
        self, query: Query, allowed: BoolArray | None, preferred: FloatArray | None = None
    ) -> IntArray:
        """(k,) ascending: the items to score.

        Args:
            allowed: (n_items,) mask of the items that a list may hold, None = all. It holds before
                anything is cut off.
            preferred: (n_items,) boost by stated preferences, NaN = not preferred; None = none are
                stated.
        """
        if self.whole:
            return self._everything
        if allowed is not None and np.count_nonzero(allowed) <= ALL_BELOW:
            return np.flatnonzero(allowed).astype(np.int32)
        wanted = Nomination(NAMED, NAMED_TAIL, self.head, allowed)
        named = [self.scorer.named(query, wanted), wanted.first(self._by_popularity)]
        named += [self._of_categories(query), self._new, _coming_back(query)]
        named.append(wanted.first(self._of_seldom_met))
        if preferred is not None:
            items = np.flatnonzero(preferred > 0).astype(np.int32)
            named.append(wanted.best(items, preferred[items]))
        found = distinct(np.concatenate(named), self.n_items)
        return np.sort(found if allowed is None else found[allowed[found]])

    @cached_property
    def _everything(self) -> IntArray:
        return np.arange(self.n_items, dtype=np.int32)

    @cached_property
    def _by_popularity(self) -> IntArray:
        return np.argsort(-self.popular, kind="stable").astype(np.int32)

    @cached_property
    def _new(self) -> IntArray:
        """The newest of the items that came after the training."""
        if self.newer is None:
            return np.empty(0, dtype=np.int32)
        return np.flatnonzero(self.newer)[-NAMED:].astype(np.int32)

    @cached_property
    def _of_seldom_met(self) -> IntArray:
        """Those of seldom met providers, the most popular first."""
        order = self._by_popularity
        return order[:0] if self.seldom_met is None else order[self.seldom_met[order]]

    def _of_categories(self, query: Query) -> IntArray:
        """The popular items of the categories that the person took most of."""
        nothing = np.empty(0, dtype=np.int32)
        if self.categories is None or not len(query):
            return nothing
        own = np.asarray(self.categories[query.history].sum(axis=0)).ravel()
        most = np.argsort(-own, kind="stable")[:CATEGORIES]
        columns = self._best_of_category
        found = [
            columns.indices[columns.indptr[at] : columns.indptr[at + 1]][:PER_CATEGORY]
            for at in most[own[most] > 0]
        ]
        places = np.concatenate([nothing, *found])
        return np.asarray(self._by_popularity[places])

    @cached_property
    def _best_of_category(self) -> sp.csc_matrix:
        """By category, places in the order of popularity, ascending."""
        assert self.categories is not None
        columns = sp.csc_matrix(self.categories[self._by_popularity])
        columns.sort_indices()
        return columns


def _coming_back(query: Query) -> IntArray:
    """What the person had or looked at, and a list may hold again."""
    back = [*query.seen, *(item for item, _share in query.due)]
    return np.array(back, dtype=np.int32)
