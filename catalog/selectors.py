"""Everything that pages, the API and the recommender read from a catalogue."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from catalog.models import Catalog, Category, Interaction, Item, ItemCategory, Profile, SetAside
from catalog.weights import CHOSEN_KINDS, KNOWN_KINDS, NEGATIVE_KINDS

#: The curve is counted over the whole log (0.2 s for 400,000 interactions) and may be this old.
CURVE_SECONDS = 60
_POPULAR = 500
#: Where so many know an item, nobody sees that they were counted a minute ago; counting them anew takes longest.
_CROWD = 200
#: Of the newest quarter of the items, or of so many.
_FRESH = 240


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands on the popularity curve; ``less_known``: share of available items with fewer people."""

    people: int
    less_known: float

    @property
    def tail(self) -> float:
        """0 at the head … 1 where nothing is less known."""
        return 1.0 - self.less_known


@dataclass(frozen=True, slots=True)
class Past:
    """What a person did.

    ``liked``: rows of item_id, kind and value, the newest first; ``known``: items that they have, like, or turned down,
    never to be recommended again;
    ``refused``: the items turned down, oldest first, each with those chosen after it.
    """

    liked: Sequence[Any]
    known: set[int]
    refused: list[tuple[int, frozenset[int]]]


@dataclass(frozen=True, slots=True)
class Curve:
    """The popularity curve of the available items.

    ``people``: the different numbers of people, rising; ``below``: available items with fewer people than that, and all
    of them as a last entry; ``popular``: item keys, the best known first; ``fresh``: of the newest items those that
    wait for their first people, by how many they have; ``crowds``: people of the well-known items.
    """

    people: tuple[int, ...]
    below: tuple[int, ...]
    popular: tuple[int, ...]
    fresh: tuple[int, ...] = ()
    crowds: dict[int, int] = field(default_factory=dict)

    def less_known(self, people: int) -> float:
        return self.below[bisect_left(self.people, people)] / self.below[-1] if self.below[-1] else 0.0


def with_parts(queryset: QuerySet[Item]) -> QuerySet[Item]:
    """Items with their catalogue and categories, in two queries whatever their number."""
    links = ItemCategory.objects.select_related("category")
    return queryset.select_related("catalog").prefetch_related(Prefetch("item_categories", queryset=links))


def items_in_order(ids: Sequence[int], *, only_available: bool = True, catalog: Catalog | None = None) -> list[Item]:
    """The items with these keys, in this order; those that are gone are left out.

    ``catalog``: whose items they all are, which spares reading it again beside each of them.
    """
    found = Item.objects.filter(pk__in=list(ids))
    if only_available:
        found = found.filter(available=True)
    rows = with_parts(found) if catalog is None else _of(catalog, found)
    by_key = {item.pk: item for item in rows}
    return [by_key[key] for key in ids if key in by_key]


def _of(catalog: Catalog, found: QuerySet[Item]) -> list[Item]:
    """The items with the names of their categories alone: half the time of ``with_parts`` on a page of many items."""
    items = list(found.filter(catalog=catalog))
    links = ItemCategory.objects.filter(item__in=[item.pk for item in items]).values_list("item_id", "category__name")
    names: dict[int, list[str]] = {item.pk: [] for item in items}
    for key, name in links.order_by("position", "pk"):
        names[key].append(name)
    for item in items:
        item.catalog, item.known_categories = catalog, names[item.pk]
    return items


def newest(catalog: Catalog, *, n: int, exclude: Collection[int] = ()) -> list[Item]:
    found = Item.objects.filter(catalog=catalog, available=True).exclude(pk__in=list(exclude))
    return list(with_parts(found.order_by("-created_at", "-pk"))[:n])


def popular(catalog: Catalog, *, n: int, exclude: Collection[int] = ()) -> list[Item]:
    """What most people chose; at most 500, counted at most a minute ago."""
    left = [key for key in curve(catalog).popular if key not in exclude]
    some_more = n + 20  # for those that went meanwhile
    return items_in_order(left[:some_more])[:n]


def categories(catalog: Catalog) -> list[tuple[Category, int]]:
    """Categories that have available items, the largest first, with the number of those."""
    counted = Count("items", filter=Q(items__available=True))
    found = Category.objects.filter(catalog=catalog).annotate(size=counted).filter(size__gt=0)
    return [(category, category.size) for category in found.order_by("-size", "name")]


def history(profile: Profile, *, n: int) -> QuerySet[Interaction]:
    """What a person did of their own liking, the newest ``n`` first."""
    return Interaction.objects.filter(profile=profile).exclude(kind__in=NEGATIVE_KINDS)[:n]


def past(profile: Profile, *, n: int) -> Past:
    """The last ``n`` acts of a person's liking, but for set aside items, and all that settles an item; one query."""
    aside = Exists(SetAside.objects.filter(profile=profile, item=OuterRef("item")))
    events = Interaction.objects.filter(profile=profile).annotate(aside=aside)
    liked = events.filter(aside=False).exclude(kind__in=NEGATIVE_KINDS)
    rows = events.filter(Q(kind__in=KNOWN_KINDS) | Q(pk__in=liked.values("pk")[:n]))
    acts: list[Any] = [*rows.values_list("item_id", "kind", "value", "aside", named=True)]
    reasons = [act for act in acts if act.kind not in NEGATIVE_KINDS and not act.aside]
    return Past(reasons[:n], {act.item_id for act in acts if act.kind in KNOWN_KINDS}, _refused(acts))


def _refused(acts: Sequence[Any]) -> list[tuple[int, frozenset[int]]]:
    """``acts``: the newest first."""
    chosen: set[int] = set()
    found: dict[int, frozenset[int]] = {}
    for act in acts:
        if act.kind in CHOSEN_KINDS and not act.aside:
            chosen.add(act.item_id)
        elif act.kind in NEGATIVE_KINDS and act.item_id not in found:
            found[act.item_id] = frozenset(chosen)
    return list(found.items())[::-1]


def people_of_both(item: Item, item_ids: Collection[int]) -> dict[int, int]:
    """How many people chose the item and each of these, too; 0 included."""
    people = Interaction.objects.filter(item=item, kind__in=CHOSEN_KINDS).order_by().values("profile_id")
    rows = Interaction.objects.filter(item_id__in=list(item_ids), kind__in=CHOSEN_KINDS, profile_id__in=people)
    counted = rows.order_by().values("item_id").annotate(people=Count("profile_id", distinct=True))
    return dict.fromkeys(item_ids, 0) | dict(counted.values_list("item_id", "people"))


def known(profile: Profile, kinds: Collection[str] = KNOWN_KINDS) -> set[int]:
    """The items that a person has, likes, or turned down, or did another of the ``kinds`` with."""
    rows = Interaction.objects.filter(profile=profile, kind__in=kinds).order_by()
    return set(rows.values_list("item_id", flat=True))


def taken(profile: Profile, *, n: int) -> list[int]:
    """The items that a person has or likes, the latest first."""
    rows = Interaction.objects.filter(profile=profile, kind__in=CHOSEN_KINDS, item__available=True)
    return list(dict.fromkeys(rows.values_list("item_id", flat=True)))[:n]


def people_per_item(item_ids: Collection[int]) -> dict[int, int]:
    """How many people chose each of these items (a view is not a choice); 0 included."""
    rows = Interaction.objects.filter(item_id__in=list(item_ids), kind__in=CHOSEN_KINDS).order_by()
    counted = rows.values("item_id").annotate(people=Count("profile_id", distinct=True))
    return dict.fromkeys(item_ids, 0) | dict(counted.values_list("item_id", "people"))


def standing(catalog: Catalog, item_ids: Collection[int]) -> dict[int, Standing]:
    """Where each of these items stands: people counted now, or a minute ago where they are a crowd, against a curve of
    at most a minute ago."""
    line = curve(catalog)
    crowds = {key: line.crowds[key] for key in item_ids if key in line.crowds}
    counted = people_per_item([key for key in item_ids if key not in crowds]) | crowds
    return {key: Standing(counted[key], line.less_known(counted[key])) for key in item_ids}


def curve_key(catalog_pk: int) -> str:
    return f"curve:{catalog_pk}"


def curve(catalog: Catalog) -> Curve:
    key = curve_key(catalog.pk)
    found: Curve | None = cache.get(key)
    if found is None:
        found = _count_curve(catalog)
        cache.set(key, found, CURVE_SECONDS)
    return found


def _count_curve(catalog: Catalog) -> Curve:
    items = Item.objects.filter(catalog=catalog, available=True).order_by("-created_at", "-pk")
    keys = list(items.values_list("pk", flat=True))
    rows = Interaction.objects.filter(item__catalog=catalog, item__available=True, kind__in=CHOSEN_KINDS).order_by()
    counted = rows.values("item_id").annotate(people=Count("profile_id", distinct=True))
    people = dict.fromkeys(keys, 0) | dict(counted.values_list("item_id", "people"))
    sizes: dict[int, int] = {}
    for number in people.values():
        sizes[number] = sizes.get(number, 0) + 1
    different = tuple(sorted(sizes))
    below = tuple(accumulate((sizes[number] for number in different), initial=0))
    popular = sorted(people, key=lambda key: (-people[key], key))[:_POPULAR]
    fresh = _spread(sorted(keys[: max(_FRESH, len(keys) // 4)], key=people.__getitem__)[:_FRESH], people)
    crowds = {key: people[key] for key in popular if people[key] >= _CROWD}
    return Curve(different, below, tuple(popular), tuple(fresh), crowds)


def _spread(keys: Sequence[int], people: dict[int, int]) -> list[int]:
    """Of equally well known items each category's first, then each one's second: not nine key rings in a row."""
    links = ItemCategory.objects.filter(item__in=list(keys)).order_by("-position", "-pk")
    category = dict(links.values_list("item_id", "category_id"))
    met: dict[tuple[int, int | None], int] = {}
    turn: dict[int, int] = {}
    for key in keys:
        group = people[key], category.get(key)
        turn[key] = met[group] = met.get(group, 0) + 1
    return sorted(keys, key=lambda key: (people[key], turn[key]))
