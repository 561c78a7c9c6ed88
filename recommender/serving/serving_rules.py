"""Rules that hold in every list: one variant of a product, languages that the person reads.

They narrow what a list may hold, before the engine makes it. A catalogue without groups, or with
one language, has no rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from catalog.item_traits import Traits, traits_of
from catalog.models import Catalog
from recommender.engine.data.request import Request
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Recommendation
from recommender.engine.reranking.fallback import RECENT_POPULARITY
from recommender.engine.scored_query import ScoredQuery
from recommender.serving.item_index import ItemIndex

Make = Callable[[Request], Recommendation]


@dataclass(frozen=True)
class ServingRules:
    """The rules of one catalogue for one person.

    Args:
        index: the items that the arrays are about.
        head: (n_items,) true for the best known items.
        counts: (n_items,) people of each item.
        groups: (n_items,) number of the item's group, -1 = none; None = no item has one.
        unread: (n_items,) true for items in a language that the person does not read; None = none.
    """

    index: ItemIndex
    head: BoolArray
    counts: IntArray
    groups: IntArray | None = None
    unread: BoolArray | None = None

    @classmethod
    def of(
        cls,
        catalog: Catalog,
        index: ItemIndex,
        reads: Collection[str],
        *,
        head: BoolArray,
        counts: IntArray,
    ) -> ServingRules:
        traits = traits_of(catalog)
        unread = _unread(traits, index, tuple(reads))
        return cls(index, head, counts, _groups(traits, index), unread)

    def with_variants(self, indices: IntArray) -> IntArray:
        """The items and all variants of them."""
        if self.groups is None or not len(indices):
            return indices
        own = np.unique(self.groups[indices])
        others = np.flatnonzero(np.isin(self.groups, own[own >= 0]))
        return np.union1d(indices, others).astype(np.int32)

    def with_unread(self, last: BoolArray | None) -> BoolArray | None:
        """(n_items,) what a list ranks last: ``last``, and what the person does not read."""
        if self.unread is None or last is None:
            return self.unread if last is None else last
        return last | self.unread

    def recommend(
        self, scored: ScoredQuery, request: Request, *, unexpected: bool
    ) -> Recommendation:
        """The list by these rules; items that the person cannot read only fill its end."""
        make = scored.unexpected if unexpected else scored.recommend
        if self.groups is None and self.unread is None:
            return make(request)
        allowed = self._all(request)
        if self.unread is None:
            return self._without_variants(make, scored, request, allowed)
        first = self._without_variants(make, scored, request, allowed & ~self.unread)
        missing = request.n - len(first.ranked_items)
        if not missing:
            return first
        exclude = np.union1d(request.exclude, self.with_variants(_items(first))).astype(np.int32)
        rest = replace(request, n=missing, exclude=exclude)
        then = self._without_variants(make, scored, rest, allowed & self.unread)
        fallback = first.fallback if first.ranked_items else then.fallback
        return Recommendation((*first.ranked_items, *then.ranked_items), fallback, first.trace)

    def _without_variants(
        self, make: Make, scored: ScoredQuery, request: Request, allowed: BoolArray
    ) -> Recommendation:
        """The list of the allowed items with one variant of each product.

        The variant that ranks best stands for its product. It is made once more only where the
        list has two variants of one.
        """
        free = make(replace(request, allowed=allowed))
        if self.groups is None:
            return free
        listed = _items(free)
        numbers, firsts = np.unique(self.groups[listed], return_index=True)
        several = len(listed) - int((self.groups[listed] < 0).sum()) > int((numbers >= 0).sum())
        if not several:
            return free
        narrowed = self._one_of_each(request, scored, allowed)
        best = listed[firsts[numbers >= 0]]
        narrowed &= ~np.isin(self.groups, self.groups[best])
        narrowed[best] = True
        return make(replace(request, allowed=narrowed))

    def _popularity(self, scored: ScoredQuery, items: IntArray) -> FloatArray:
        """(len(items),) what decides between variants without a score: as the fallback ranks them,
        or by people where that is unknown.
        """
        counts = self.counts[items].astype(np.float32)
        for source in scored.sources.each:
            if source.name == RECENT_POPULARITY:
                recent = scored.sources.values_of(source, items)
                return np.where(np.isnan(recent), counts, recent)
        return counts

    def _all(self, request: Request) -> BoolArray:
        if request.allowed is not None:
            return request.allowed
        return np.ones(len(self.index.item_pks), dtype=bool)

    def _one_of_each(self, request: Request, scored: ScoredQuery, allowed: BoolArray) -> BoolArray:
        """``allowed`` with the best variant only of each group: by score, then by popularity."""
        if self.groups is None:
            return allowed
        eligible = allowed & (self.groups >= 0)
        eligible[request.exclude] = False
        eligible[request.query.history] = False
        if request.only_tail:
            eligible &= ~self.head
        variants = np.flatnonzero(eligible).astype(np.int32)
        own, popular = scored.sources.scores_of(variants), self._popularity(scored, variants)
        order = np.lexsort((-popular, -np.nan_to_num(own, nan=-np.inf)))
        best_first = variants[order]
        _numbers, firsts = np.unique(self.groups[best_first], return_index=True)
        narrowed = allowed & (self.groups < 0)
        narrowed[best_first[firsts]] = True
        return narrowed


def _items(made: Recommendation) -> IntArray:
    return np.array([ranked.item for ranked in made.ranked_items], dtype=np.int32)


def _groups(traits: Traits, index: ItemIndex) -> IntArray | None:
    if not traits.groups:
        return None
    key = "groups", id(index.item_pks)
    if key not in traits.derived:
        found = [traits.groups.get(pk, -1) for pk in index.item_pks.tolist()]
        # The array of keys is kept with it, so that no other array gets its id.
        traits.derived[key] = np.array(found, dtype=np.int32), index.item_pks
    return traits.derived[key][0]


def _unread(traits: Traits, index: ItemIndex, reads: tuple[str, ...]) -> BoolArray | None:
    if not traits.unread(reads):
        return None
    key = "unread", reads, id(index.item_pks)
    if key not in traits.derived:
        traits.derived[key] = index.mask(traits.unread(reads)), index.item_pks
    return traits.derived[key][0]
