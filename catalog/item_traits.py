"""What every list asks of a catalogue's items: group of variants, language, sale windows.

Read whole once a minute in each process; a catalogue without groups, with one language, or without
sale windows, has empty tables and pays nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from threading import Lock
from typing import Any

from cachetools import cached
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from catalog.models import Catalog, Item
from catalog.models.languages import is_read
from config.caching import process_cache

TRAITS_SECONDS = 60
#: No list is kept for longer.
CHANGES_BEFORE = timedelta(minutes=10)
MOST_CHANGES = 1_000


@dataclass(frozen=True)
class Traits:
    """The tables of one catalogue.

    Attributes:
        groups: item key -> number of its group; without items that have no group.
        languages: item key -> language; empty if all items have the same one, or none.
        codes: the languages of items, those with the most items first.
        changes: when sale windows begin or end, in order, from some minutes ago to the next
            reading.
        derived: what others compute from the tables, for as long as they live.
    """

    groups: Mapping[int, int]
    languages: Mapping[int, str]
    codes: tuple[str, ...]
    changes: tuple[datetime, ...] = ()
    derived: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def last_change(self, now: datetime) -> datetime | None:
        """When a sale last began or ended; None if none did in the last minutes."""
        passed = bisect_right(self.changes, now)
        return self.changes[passed - 1] if passed else None

    def unread(self, reads: Collection[str]) -> frozenset[int]:
        """Keys of the items in a language that is none of ``reads``; empty if none is wanted."""
        if not reads or not self.languages:
            return frozenset()
        wanted = tuple(sorted(reads))
        if wanted not in self.derived:
            foreign = {code for code in self.codes if not is_read(code, wanted)}
            self.derived[wanted] = frozenset(
                key for key, code in self.languages.items() if code in foreign
            )
        return self.derived[wanted]

    def one_of_each_group(self, keys: Iterable[int], seen: set[int] | None = None) -> Iterator[int]:
        """The keys without further variants of what came before, or of the groups ``seen``."""
        met = set() if seen is None else seen
        for key in keys:
            group = self.groups.get(key)
            if group is None or group not in met:
                if group is not None:
                    met.add(group)
                yield key

    def groups_of(self, keys: Iterable[int]) -> set[int]:
        """The numbers of the groups of these items."""
        return {self.groups[key] for key in keys if key in self.groups} if self.groups else set()


@cached(process_cache(TRAITS_SECONDS), key=attrgetter("pk"), lock=Lock())
def traits_of(catalog: Catalog) -> Traits:
    """At most a minute old; one query, and one more for groups, languages and windows each."""
    items = Item.objects.filter(catalog=catalog).order_by()
    has_window = Q(available_from__isnull=False) | Q(available_until__isnull=False)
    counted = items.values("language").annotate(
        n=Count("pk"), grouped=Count("pk", ~Q(group="")), timed=Count("pk", has_window)
    )
    rows = sorted(
        counted.values_list("language", "n", "grouped", "timed"), key=lambda row: (-row[1], row[0])
    )
    codes = tuple(language for language, *_sizes in rows if language)
    has_groups = any(grouped for _language, _n, grouped, _timed in rows)
    has_windows = any(timed for *_others, timed in rows)
    return Traits(
        _groups(catalog) if has_groups else {},
        dict(items.exclude(language="").values_list("pk", "language")) if len(codes) > 1 else {},
        codes,
        _changes(items, timezone.now()) if has_windows else (),
    )


def _changes(items: QuerySet[Item], now: datetime) -> tuple[datetime, ...]:
    """The times around ``now`` at which sale windows begin or end, the latest ones."""
    around = now - CHANGES_BEFORE, now + timedelta(seconds=2 * TRAITS_SECONDS)
    begin, end = (
        items.filter(**{f"{field}__range": around}).values_list(field, flat=True)
        for field in ("available_from", "available_until")
    )
    return tuple(sorted(begin.union(end).order_by("-available_from")[:MOST_CHANGES]))


def _groups(catalog: Catalog) -> dict[int, int]:
    numbers: dict[str, int] = {}
    grouped = Item.objects.filter(catalog=catalog).exclude(group="").order_by("pk")
    return {
        key: numbers.setdefault(group, len(numbers))
        for key, group in grouped.values_list("pk", "group")
    }


def variants_of(item: Item) -> list[int]:
    """Keys of the other items of its group, those that were made first first."""
    if not item.group:
        return []
    same = Item.objects.filter(catalog_id=item.catalog_id, group=item.group).exclude(pk=item.pk)
    return list(same.order_by("pk").values_list("pk", flat=True)[:MOST_VARIANTS])


#: A page shows no more variants of one product.
MOST_VARIANTS = 60
