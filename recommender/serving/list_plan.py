"""A list before its items are read: plain values that a cache can keep.

A page plans all its lists first and then reads all their items together, in three queries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from catalog import item_queries, popularity
from catalog.item_traits import traits_of
from catalog.models import Catalog, Category, Item
from catalog.popularity import PopularityRank
from catalog.profiles.repeats import Repeat
from recommender.engine.data.types import Contribution, StageTrace
from recommender.engine.reranking.fallback import NOTHING_AVAILABLE
from recommender.explanations import explanations
from recommender.models import ModelVersion
from recommender.serving import availability
from recommender.serving.item_lists import Card, ItemList, plain_card
from recommender.serving.list_counts import count_lists

REPEAT = "repeat"
"""The source of items that come back."""

Rows = Mapping[int, Item]
PopularityRanks = Mapping[int, PopularityRank]


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item of a planned list.

    ``contributions`` sum to the score; they name past items by pk. ``dial_gain``: how much less the
    tail dial took from this item than from a typical head item, as far as the person asked for it.
    """

    pk: int
    score: float = 0.0
    sources: tuple[str, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    dial_gain: float = 0.0
    predicted_stars: float | None = None
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class ListPlan:
    """A planned list, best first.

    ``source``: what the items come from where no model made the list, else empty;
    ``has_reasons``: whether cards show a reason; ``unexpected``: one reason for all cards;
    ``why``: what a card adds to the address of its explanation, None where there is none.
    """

    items: Sequence[PlannedItem] = ()
    source: str = ""
    has_reasons: bool = True
    unexpected: bool = False
    why: str | None = None
    fallback: str | None = None
    trace: tuple[StageTrace, ...] = ()

    @property
    def pks(self) -> list[int]:
        return [item.pk for item in self.items]

    @property
    def named(self) -> set[int]:
        """Pks of the past items that the reasons name."""
        found = (explanations.reason_item(item.contributions) for item in self.items)
        return {pk for pk in found if pk is not None}

    def fill(self, rows: Rows, ranks: PopularityRanks, version: ModelVersion | None) -> ItemList:
        """The list without the items that became unavailable since it was planned."""
        there = [item for item in self.items if item.pk in rows and rows[item.pk].is_available]
        if self.source:
            cards = [
                _repeat_card(item, rows[item.pk], ranks[item.pk])
                if item.repeat
                else plain_card(rows[item.pk], ranks[item.pk], self.source, says=self.has_reasons)
                for item in there
            ]
            return ItemList(cards, None, self.source if cards else NOTHING_AVAILABLE)
        cards = [self._card(item, rows, ranks[item.pk]) for item in there]
        fallback = self.fallback if cards else NOTHING_AVAILABLE
        return ItemList(cards, version, fallback, self.trace)

    def _card(self, item: PlannedItem, rows: Rows, rank: PopularityRank) -> Card:
        reason = (
            explanations.unexpected()
            if self.unexpected
            else explanations.reason(
                item.contributions, rows, dial_gain=item.dial_gain, people=rank.people
            )
        )
        return Card(
            rows[item.pk],
            item.score,
            item.sources,
            reason,
            rank.people,
            rank.tail,
            item.predicted_stars,
            self.why,
            item.contributions,
            item.dial_gain,
        )


def _repeat_card(item: PlannedItem, row: Item, rank: PopularityRank) -> Card:
    assert item.repeat is not None
    card = plain_card(row, rank, REPEAT, says=False)
    return replace(card, reason=explanations.repeat(item.repeat))


def repeat_plan(found: Sequence[Repeat]) -> ListPlan:
    """What the person has again and again, the most due first."""
    return ListPlan([PlannedItem(each.item_id, repeat=each) for each in found], REPEAT)


def plain_plan(pks: Sequence[int], source: str, *, has_reasons: bool = False) -> ListPlan:
    """A list that no model made."""
    return ListPlan([PlannedItem(pk) for pk in pks], source, has_reasons)


def fill(
    catalog: Catalog,
    plans: Sequence[ListPlan],
    version: ModelVersion | None,
    also: Sequence[int] = (),
    *,
    served: bool = True,
) -> tuple[list[ItemList], Rows]:
    """The lists of a page, their items read together, and those items by pk.

    ``also``: pks of further items to read; ``served``: whether somebody gets these lists.
    """
    shown = list(dict.fromkeys(pk for plan in plans for pk in plan.pks))
    named = (pk for plan in plans for pk in plan.named)
    items = item_queries.items_in_order(
        list(dict.fromkeys([*also, *shown, *named])), only_available=False, catalog=catalog
    )
    ranks = popularity.popularity_ranks(catalog, shown)
    rows = {item.pk: item for item in items}
    lists = [plan.fill(rows, ranks, version) for plan in plans]
    if served:
        count_lists(catalog.slug, lists)
    return lists, rows


def fill_one(
    catalog: Catalog,
    plan: ListPlan,
    version: ModelVersion | None = None,
    *,
    served: bool = True,
) -> ItemList:
    """One list with its items."""
    return fill(catalog, [plan], version, served=served)[0][0]


def without_model(
    catalog: Catalog,
    n: int,
    category: Category | str | None,
    only_tail: bool,
    leave_out: Collection[int],
    among: Collection[int] | None = None,
    *,
    languages: Sequence[str] = (),
    reads: Sequence[str] = (),
) -> ListPlan:
    """Popular items; the newest if nobody chose anything, or if less known items are wanted.

    ``languages``: only these; ``reads``: these come first.
    """
    newest = only_tail or not availability.has_choices(catalog)
    name = str(category) if category else None
    pks = availability.available_in(catalog, name, languages=languages, newest_first=True)
    if not newest:
        pks = availability.popular_first(catalog, pks)
    left = [pk for pk in pks if pk not in leave_out and (among is None or pk in among)]
    traits = traits_of(catalog)
    unread = traits.unread(() if languages else reads)
    if unread:
        left.sort(key=lambda pk: pk in unread)
    shown = traits.one_of_each_group(left, traits.groups_of(leave_out))
    return plain_plan(list(islice(shown, n)), "newest" if newest else "popular", has_reasons=True)
