"""Orders of a catalogue that read no data of any person, as item keys."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from datetime import date
from itertools import islice

from django.db.models import Q

from catalog import popularity
from catalog.item_traits import traits_of
from catalog.models import Catalog, ItemCategory, Profile
from catalog.models.categories import in_subtree
from catalog.models.category_paths import paths_to
from catalog.models.items import available_items, available_now
from catalog.search.facets import Facets


def newest(
    catalog: Catalog, facets: Facets, *, n: int, leave_out: Collection[int] = ()
) -> list[int]:
    """The ``n`` newest."""
    found = facets.narrow(available_items(catalog)).order_by("-created_at", "-pk")
    some_more = n + len(leave_out)
    return first(found.values_list("pk", flat=True)[:some_more], n, leave_out)


def popular(
    catalog: Catalog, facets: Facets, *, n: int, leave_out: Collection[int] = ()
) -> list[int]:
    """The ``n`` that most people chose. Behind the 500 best known come the newest."""
    best, among = popularity.curve(catalog).popular, facets.keys(catalog)
    if among is None:
        found = first(best, n, leave_out)
        behind = {*best, *leave_out}
        missing = n - len(found)
        return found + (newest(catalog, facets, n=missing, leave_out=behind) if missing else [])
    rank = {key: position for position, key in enumerate(best)}
    return first(sorted(among, key=lambda key: (rank.get(key, len(rank)), key)), n, leave_out)


def fresh(
    catalog: Catalog, facets: Facets, *, n: int, leave_out: Collection[int] = ()
) -> list[int]:
    """``n`` new items that few people know; of a part of the catalogue the newest.

    Items that came after the last count are first, so that no item waits for the next one.
    """
    if facets.narrows:
        return newest(catalog, facets, n=n, leave_out=leave_out)
    line = popularity.curve(catalog)
    later = available_items(catalog).filter(pk__gt=line.latest)
    latest = list(later.order_by("-created_at", "-pk").values_list("pk", flat=True)[:n])
    return first([*latest, *line.fresh], n, leave_out)


def by_lot(
    catalog: Catalog, facets: Facets, *, n: int, seed: str, leave_out: Collection[int] = ()
) -> list[int]:
    """``n`` random items; the same ``seed`` gives the same items in the same order."""
    found = facets.narrow(available_items(catalog))
    keys = list(found.order_by("pk").values_list("pk", flat=True).distinct())
    random.Random(seed).shuffle(keys)  # noqa: S311 (nobody gains by guessing it)
    return first(keys, n, leave_out)


def lot_of(day: date, profile: Profile | None) -> str:
    """A seed for one day."""
    return f"{day.isoformat()}:{profile.pk if profile is not None else ''}"


def by_category(
    catalog: Catalog,
    facets: Facets,
    names: Iterable[str],
    *,
    n: int,
    leave_out: Collection[int] = (),
) -> dict[str, list[int]]:
    """The ``n`` most chosen of each category. An item appears once, in its first category."""
    names = list(names)
    wanted = Q(pk__in=())
    for name in names:
        wanted |= in_subtree(name, "category__name")
    links = ItemCategory.objects.filter(
        wanted, available_now("item__"), category__catalog=catalog
    ).order_by("item_id")
    among = facets.keys(catalog)
    held: dict[str, list[int]] = {name: [] for name in names}
    for found, key in links.values_list("category__name", "item_id"):
        own = next((path for path in reversed(paths_to(found)) if path in held), None)
        if own is not None and (among is None or key in among) and held[own][-1:] != [key]:
            held[own].append(key)
    rank = {key: position for position, key in enumerate(popularity.curve(catalog).popular)}
    shown, traits = set(leave_out), traits_of(catalog)
    seen = traits.groups_of(leave_out)
    for name in names:
        best = sorted(held[name], key=lambda key: (rank.get(key, len(rank)), key))
        held[name] = first(traits.one_of_each_group(best, seen), n, shown)
        shown.update(held[name])
    return held


def first(keys: Iterable[int], n: int, leave_out: Collection[int]) -> list[int]:
    return list(islice((key for key in keys if key not in leave_out), n))
