"""Lists before their items are read: a page of many lists reads all its items at once, in three queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from catalog import item_queries, popularity
from catalog.models import Catalog, Category, Item
from catalog.popularity import PopularityRank
from recommender.engine.data.types import Query, RankedItem, Recommendation
from recommender.explanations import explanations
from recommender.serving import availability
from recommender.serving.item_lists import Card, ItemList, plain_card
from recommender.serving.live_models import Explained, LiveModel

Rows = Mapping[int, Item]
PopularityRanks = Mapping[int, PopularityRank]


class ListPlan(Protocol):
    """``pks``: the items of the list, best first; ``read``: those and others that its reasons speak of."""

    @property
    def pks(self) -> Sequence[int]: ...

    @property
    def read(self) -> Sequence[int]: ...

    def fill(self, rows: Rows, popularity_ranks: PopularityRanks) -> ItemList:
        """The list, less what is gone meanwhile."""


@dataclass(frozen=True)
class PlainListPlan:
    """A list that no model made; ``source`` names where it comes from, ``says``: whether its cards say so."""

    pks: Sequence[int]
    source: str
    says: bool = False

    @property
    def read(self) -> Sequence[int]:
        return self.pks

    def fill(self, rows: Rows, popularity_ranks: PopularityRanks) -> ItemList:
        there = [pk for pk in self.pks if pk in rows and rows[pk].available]
        cards = [
            plain_card(rows[pk], popularity_ranks[pk], self.source, says=self.says) for pk in there
        ]
        return ItemList(cards, None, self.source if cards else "nothing_available")


@dataclass(frozen=True)
class ModelListPlan:
    """A list that a model made for a query, with the reasons of its places.

    ``asked``: which part of the dial is the person's wish; ``reason``: one for all cards, where the list has its own;
    ``why``: as a card has it.
    """

    model: LiveModel
    found: Recommendation
    explained: Sequence[Explained]
    query: Query
    asked: float = 0.0
    reason: str | None = None
    why: str | None = None

    @property
    def pks(self) -> Sequence[int]:
        return [int(self.model.item_pks[place.item]) for place in self.found.places]

    @property
    def read(self) -> Sequence[int]:
        return [*self.pks, *self._told.values()]

    @property
    def _told(self) -> dict[int, int]:
        """Index and pk of the past items that the reasons name."""
        indices = {
            index
            for why in self.explained
            if (index := explanations.told_of(why.parts)) is not None
        }
        return {index: int(self.model.item_pks[index]) for index in indices}

    def fill(self, rows: Rows, popularity_ranks: PopularityRanks) -> ItemList:
        past = {index: rows[pk] for index, pk in self._told.items() if pk in rows}
        stars = self.model.predicted_stars(self.query, [place.item for place in self.found.places])
        cards = [
            self._card(rows[pk], popularity_ranks[pk], place, number, past, predicted)
            for number, (pk, place, predicted) in enumerate(
                zip(self.pks, self.found.places, stars, strict=True)
            )
            if pk in rows
        ]
        return ItemList(cards, self.model.version, self.found.fallback, self.found.trace)

    def _card(
        self,
        item: Item,
        popularity_rank: PopularityRank,
        place: RankedItem,
        number: int,
        past: Mapping[int, Item],
        predicted: float | None,
    ) -> Card:
        reason = self.reason
        if reason is None:
            why = self.explained[number]
            gain = self.asked * why.dial_gain
            reason = explanations.reason(
                why.parts, past, dial_gain=gain, people=popularity_rank.people
            )
        return Card(
            item,
            place.score,
            place.sources,
            reason,
            popularity_rank.people,
            popularity_rank.tail,
            predicted,
            self.why,
        )


def fill(
    catalog: Catalog, plans: Sequence[ListPlan], also: Sequence[int] = ()
) -> tuple[list[ItemList], Rows]:
    """The lists of a page, their items read together, and those items by pk; ``also``: further ones to be read."""
    read = dict.fromkeys([*also, *(pk for plan in plans for pk in plan.read)])
    items = item_queries.items_in_order(list(read), only_available=False, catalog=catalog)
    popularity_ranks = popularity.popularity_ranks(
        catalog, list(dict.fromkeys(pk for plan in plans for pk in plan.pks))
    )
    rows = {item.pk: item for item in items}
    return [plan.fill(rows, popularity_ranks) for plan in plans], rows


def fill_one(catalog: Catalog, plan: ListPlan) -> ItemList:
    return fill(catalog, [plan])[0][0]


def without_model(
    catalog: Catalog,
    n: int,
    category: Category | str | None,
    only_tail: bool,
    leave_out: Collection[int],
    among: Collection[int] | None = None,
) -> PlainListPlan:
    """What most people chose; what is new where nobody chose anything, or where less known things are wanted."""
    newest = only_tail or not availability.has_choices(catalog)
    pks = availability.available_in(catalog, str(category) if category else None, newest_first=True)
    if not newest:
        pks = availability.popular_first(catalog, pks)
    left = (pk for pk in pks if pk not in leave_out and (among is None or pk in among))
    return PlainListPlan(list(islice(left, n)), "newest" if newest else "popular", says=True)
