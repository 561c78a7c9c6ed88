"""How many people chose each item, and an item's rank on the catalogue's popularity curve."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import Any

from cachetools import cached
from django.db.models import Count, QuerySet

from catalog.feedback.queries import chosen, chosen_of
from catalog.models import Catalog, Item, ItemCategory
from catalog.models.event_rules import EventRules
from catalog.models.items import available_now
from config.caching import SharedCache
from config.statements import Statement

#: The most seconds between counts. A count reads the whole log (0.2 s for 400,000 interactions).
CURVE_SECONDS = 60


_POPULAR = 500


#: An item with so many people may show a count that is a minute old; counting it takes longest.
_CROWD = 200


#: So many of the least known items of the newest quarter; in a small catalogue of the newest items.
_FRESH = 240


@dataclass(frozen=True, slots=True)
class PopularityRank:
    """A rank on the popularity curve; ``less_known``: share of items with fewer people."""

    people: int
    less_known: float

    @property
    def tail(self) -> float:
        """0 at the head … 1 when no item is less known."""
        return 1.0 - self.less_known


@dataclass(frozen=True, slots=True)
class Curve:
    """The popularity curve of the available items.

    Attributes:
        people: the distinct numbers of people, rising.
        below: the number of available items with fewer people, and all items as a last entry.
        popular: item keys, the best known first.
        fresh: keys of new items, those with the fewest people first.
        crowds: item key -> number of people, for well-known items.
        latest: the highest item key at the time of counting.
    """

    people: tuple[int, ...]
    below: tuple[int, ...]
    popular: tuple[int, ...]
    fresh: tuple[int, ...] = ()
    crowds: dict[int, int] = field(default_factory=dict)
    latest: int = 0

    def less_known(self, people: int) -> float:
        return (
            self.below[bisect_left(self.people, people)] / self.below[-1] if self.below[-1] else 0.0
        )


def people_of_both(item: Item, item_ids: Collection[int]) -> dict[int, int]:
    """How many people chose both the item and each of these; 0 included."""
    rules = EventRules.of(item.catalog)
    people = chosen_of(rules, [item.pk]).values("profile_id")
    rows = chosen_of(rules, item_ids).filter(profile_id__in=people)
    counted = rows.values("item_id").annotate(people=Count("profile_id", distinct=True))
    return dict.fromkeys(item_ids, 0) | dict(counted.values_list("item_id", "people"))


def people_per_item(catalog: Catalog, item_ids: Collection[int]) -> dict[int, int]:
    """How many people chose each of these items (a view is not a choice); 0 included."""
    people = dict.fromkeys(item_ids, 0)
    if item_ids:
        for key, number in _people(EventRules.of(catalog)).rows(list(item_ids)):
            people[key] = number
    return people


@lru_cache(maxsize=256)
def _people(rules: EventRules) -> Statement:
    def counted(item_id: int) -> QuerySet[Any, Any]:
        rows = chosen_of(rules, [item_id]).values("item_id")
        people = rows.annotate(people=Count("profile_id", distinct=True))
        return people.values_list("item_id", "people")

    return Statement(counted, int)


def popularity_ranks(catalog: Catalog, item_ids: Collection[int]) -> dict[int, PopularityRank]:
    """The rank of each item on a curve that is at most a minute old.

    People are counted now, except for well-known items, whose counts are a minute old at most.
    """
    line = curve(catalog)
    crowds = {key: line.crowds[key] for key in item_ids if key in line.crowds}
    counted = people_per_item(catalog, [key for key in item_ids if key not in crowds]) | crowds
    return {key: PopularityRank(counted[key], line.less_known(counted[key])) for key in item_ids}


@cached(SharedCache("curve", seconds=CURVE_SECONDS), key=attrgetter("pk"))
def curve(catalog: Catalog) -> Curve:
    items = Item.objects.filter(available_now(), catalog=catalog).order_by("-created_at", "-pk")
    keys = list(items.values_list("pk", flat=True))
    rows = chosen(catalog).filter(available_now("item__"))
    counted = rows.values("item_id").annotate(people=Count("profile_id", distinct=True))
    people = dict.fromkeys(keys, 0) | dict(counted.values_list("item_id", "people"))
    sizes: dict[int, int] = {}
    for number in people.values():
        sizes[number] = sizes.get(number, 0) + 1
    distinct = tuple(sorted(sizes))
    below = tuple(accumulate((sizes[number] for number in distinct), initial=0))
    popular = sorted(people, key=lambda key: (-people[key], key))[:_POPULAR]
    fresh = _spread(
        sorted(keys[: max(_FRESH, len(keys) // 4)], key=people.__getitem__)[:_FRESH], people
    )
    crowds = {key: people[key] for key in popular if people[key] >= _CROWD}
    latest = max(keys, default=0)
    return Curve(distinct, below, tuple(popular), tuple(fresh), crowds, latest)


def _spread(keys: Sequence[int], people: dict[int, int]) -> list[int]:
    """Equally popular items in turns by category, so that one category does not fill a row."""
    links = ItemCategory.objects.filter(item__in=list(keys)).order_by("-position", "-pk")
    category = dict(links.values_list("item_id", "category_id"))
    met: dict[tuple[int, int | None], int] = {}
    turn: dict[int, int] = {}
    for key in keys:
        group = people[key], category.get(key)
        turn[key] = met[group] = met.get(group, 0) + 1
    return sorted(keys, key=lambda key: (people[key], turn[key]))
