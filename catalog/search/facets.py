"""Parts of a catalogue that a person can choose: a category, a type of item, a language."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from cachetools import cached
from django.db.models import Count, Q, QuerySet

from catalog import item_queries
from catalog.models import Catalog, Item
from catalog.models.items import available_items, in_category
from config.caching import SharedCache

FACETS_SECONDS = 300
#: Only so many categories are offered here; the search page has all.
CATEGORIES = 40
#: A catalogue has types if so few of its categories cover all its items without overlap.
MOST_KINDS = 6
#: Categories beyond these are too small to be types.
TRIED = 12

Sized = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """The values of each facet with their sizes, largest first; empty for a single value."""

    categories: Sized
    kinds: Sized
    languages: Sized


@dataclass(frozen=True, slots=True)
class Facets:
    """The chosen facets; ``taken``: show what the person took."""

    category: str = ""
    kind: str = ""
    language: str = ""
    taken: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.category or self.kind or self.language)

    def narrow(self, items: QuerySet[Item]) -> QuerySet[Item]:
        """``items`` of these facets; a category stands for all below it."""
        for name in filter(None, (self.category, self.kind)):
            items = items.filter(in_category(name))
        return items.filter(language=self.language) if self.language else items

    def keys(self, catalog: Catalog) -> set[int] | None:
        """The available items that remain; None for all of them."""
        if not self.narrows:
            return None
        found = self.narrow(available_items(catalog))
        return set(found.order_by().values_list("pk", flat=True))

    @property
    def query(self) -> str:
        """The query string without its question mark."""
        chosen: dict[str, Any] = {
            name: getattr(self, name) for name in ("category", "kind", "language")
        }
        chosen["taken"] = "1" if self.taken else ""
        return urlencode({name: value for name, value in chosen.items() if value})


@cached(SharedCache("facets", seconds=FACETS_SECONDS), key=attrgetter("pk"))
def offered(catalog: Catalog) -> Offer:
    """Counted up to five minutes ago."""
    items = available_items(catalog)
    languages = (
        items.exclude(language="").order_by().values_list("language").annotate(size=Count("pk"))
    )
    spoken = tuple(sorted(languages, key=lambda entry: (-entry[1], entry[0])))
    sizes = tuple((category.name, size) for category, size in item_queries.categories(catalog))
    kinds = _kinds(items, sizes)
    others = tuple(entry for entry in sizes if entry not in kinds)
    return Offer(_choice(others)[:CATEGORIES], _choice(kinds), _choice(spoken))


def _choice(values: Sized) -> Sized:
    return values if len(values) > 1 else ()


def _kinds(items: QuerySet[Item], sizes: Sized) -> Sized:
    """The few categories of which every item has exactly one; empty if there are none."""
    whole, covered = items.count(), 0
    found: list[tuple[str, int]] = []
    for name, size in sizes[:TRIED]:
        if covered + size > whole or len(found) == MOST_KINDS:
            continue
        together = [*(kind for kind, _size in found), name]
        if _held(items, together) == covered + size:
            found.append((name, size))
            covered += size
        if covered == whole:
            return tuple(found) if len(found) < len(sizes) else ()
    return ()


def _held(items: QuerySet[Item], names: list[str]) -> int:
    """How many items have at least one of the categories."""
    return items.filter(Q(categories__name__in=names)).distinct().count()
