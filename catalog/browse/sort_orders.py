"""Orders of a catalogue that read no data of any person, as item keys."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from datetime import date
from itertools import islice

from catalog import popularity
from catalog.models import Catalog, Item, ItemCategory, Profile
from catalog.search.facets import Facets


def newest(
    catalog: Catalog, facets: Facets, *, n: int, leave_out: Collection[int] = ()
) -> list[int]:
    """The ``n`` newest."""
    found = facets.narrow(Item.objects.filter(catalog=catalog, available=True)).order_by(
        "-created_at", "-pk"
    )
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
    later = Item.objects.filter(catalog=catalog, available=True, pk__gt=line.latest)
    latest = list(later.order_by("-created_at", "-pk").values_list("pk", flat=True)[:n])
    return first([*latest, *line.fresh], n, leave_out)


def by_lot(
    catalog: Catalog, facets: Facets, *, n: int, seed: str, leave_out: Collection[int] = ()
) -> list[int]:
    """``n`` random items; the same ``seed`` gives the same items in the same order."""
    found = facets.narrow(Item.objects.filter(catalog=catalog, available=True))
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
    links = ItemCategory.objects.filter(
        category__catalog=catalog, category__name__in=names, item__available=True
    )
    among = facets.keys(catalog)
    held: dict[str, list[int]] = {name: [] for name in names}
    for name, key in links.order_by("item_id").values_list("category__name", "item_id"):
        if among is None or key in among:
            held[name].append(key)
    rank = {key: position for position, key in enumerate(popularity.curve(catalog).popular)}
    shown = set(leave_out)
    for name in names:
        held[name] = first(
            sorted(held[name], key=lambda key: (rank.get(key, len(rank)), key)), n, shown
        )
        shown.update(held[name])
    return held


def first(keys: Iterable[int], n: int, leave_out: Collection[int]) -> list[int]:
    return list(islice((key for key in keys if key not in leave_out), n))
