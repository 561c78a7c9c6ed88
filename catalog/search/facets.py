"""Parts of a catalogue that a person may look at alone: a category, a kind of thing, a language."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from cachetools import cached
from django.db.models import Count, Q, QuerySet

from catalog import item_queries
from catalog.models import Catalog, Item
from config.caching import SharedCache

FACETS_SECONDS = 300
#: So many categories are offered; the search page has them all.
CATEGORIES = 40
#: A catalogue has kinds where so few of its categories share its items out among them.
MOST_KINDS = 6
#: Categories beyond these are too small to be kinds.
TRIED = 12

Sized = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen, the largest first, each with its number of items; nothing where there is no choice."""

    categories: Sized
    kinds: Sized
    languages: Sized


@dataclass(frozen=True, slots=True)
class Facets:
    """What somebody chose; ``taken``: they want to see again what they took."""

    category: str = ""
    kind: str = ""
    language: str = ""
    taken: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.category or self.kind or self.language)

    def narrow(self, items: QuerySet[Item]) -> QuerySet[Item]:
        for name in (self.category, self.kind):
            items = items.filter(categories__name=name) if name else items
        return items.filter(language=self.language) if self.language else items

    def keys(self, catalog: Catalog) -> set[int] | None:
        """The available items that remain; None for all of them."""
        if not self.narrows:
            return None
        found = self.narrow(Item.objects.filter(catalog=catalog, available=True))
        return set(found.order_by().values_list("pk", flat=True))

    @property
    def query(self) -> str:
        """As the end of an address, without its question mark."""
        chosen: dict[str, Any] = {
            name: getattr(self, name) for name in ("category", "kind", "language")
        }
        chosen["taken"] = "1" if self.taken else ""
        return urlencode({name: value for name, value in chosen.items() if value})


@cached(SharedCache("facets", seconds=FACETS_SECONDS), key=attrgetter("pk"))
def offered(catalog: Catalog) -> Offer:
    """Counted at most five minutes ago."""
    items = Item.objects.filter(catalog=catalog, available=True)
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
    """The few categories of which every item has exactly one beside others; none where there are no such."""
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
