"""What every list asks of a catalogue's items: their group of variants, and their language.

Read whole once a minute in each process; a catalogue without groups, or with one language, has
empty tables and pays nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from threading import Lock
from typing import Any

from cachetools import cached
from django.db.models import Count, Q

from catalog.models import Catalog, Item
from catalog.models.languages import is_read
from config.caching import process_cache

TRAITS_SECONDS = 60


@dataclass(frozen=True)
class Traits:
    """The tables of one catalogue.

    Attributes:
        groups: item key -> number of its group; without items that have no group.
        languages: item key -> language; empty if all items have the same one, or none.
        codes: the languages of items, those with the most items first.
        derived: what others compute from the tables, for as long as they live.
    """

    groups: Mapping[int, int]
    languages: Mapping[int, str]
    codes: tuple[str, ...]
    derived: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

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
    """At most a minute old; one query, and one more for groups and for languages each."""
    items = Item.objects.filter(catalog=catalog).order_by()
    counted = items.values("language").annotate(n=Count("pk"), grouped=Count("pk", ~Q(group="")))
    rows = sorted(
        counted.values_list("language", "n", "grouped"), key=lambda row: (-row[1], row[0])
    )
    codes = tuple(language for language, _n, _grouped in rows if language)
    has_groups = any(grouped for _language, _n, grouped in rows)
    return Traits(
        _groups(catalog) if has_groups else {},
        dict(items.exclude(language="").values_list("pk", "language")) if len(codes) > 1 else {},
        codes,
    )


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
