"""A search by words, with corrected spelling, and by semantic similarity if a model can read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q, QuerySet

from catalog import popularity
from catalog.item_traits import traits_of
from catalog.models import Catalog, Item
from catalog.models.items import available_items, in_category
from catalog.search import semantic_hook
from catalog.search.attribute_filters import AttributeFilter
from catalog.search.keyword_search import MAX_MATCHES, find, find_some
from catalog.search.spelling import corrected

FILTERS: Mapping[str, str] = {
    "category": "categories__name",
    "provider": "provider",
    "language": "language",
}
"""Filters: name in addresses -> look-up of an item."""
COLUMNS: Mapping[str, str] = {**FILTERS, "kind": "categories__name"}
"""The same with types, if the catalogue has types (see `catalog.search.facets`)."""
Chosen = Mapping[str, str | tuple[str, ...]]
"""Values by the name of a filter; of several values an item has one."""


@dataclass(frozen=True)
class Found:
    """Keys of items, best first.

    Attributes:
        named: items that contain the words.
        near: semantically similar items that do not.
        corrected: the words that were searched instead of unknown ones.
        loosely: ``named`` has only some of the words.
    """

    named: Sequence[int]
    near: Sequence[int] = ()
    corrected: str = ""
    loosely: bool = False

    def among(self, allowed: Collection[int]) -> Found:
        named, near = ([key for key in keys if key in allowed] for keys in (self.named, self.near))
        return replace(self, named=named, near=near)

    def one_of_each_group(self, catalog: Catalog) -> Found:
        """The best variant of each product only."""
        traits, seen = traits_of(catalog), set[int]()
        named, near = (
            list(traits.one_of_each_group(keys, seen)) for keys in (self.named, self.near)
        )
        return replace(self, named=named, near=near) if traits.groups else self


def look_up(catalog: Catalog, text: str, *, patient: bool = True) -> Found:
    """The result for a typed text. ``patient``: see `semantic_hook.nearest`."""
    named, correction = find(catalog, text), ""
    if not named and (meant := corrected(catalog, text)):
        named, correction = find(catalog, meant), meant
    near = semantic_hook.nearest(catalog, correction or text, patient=patient)
    if named or near:
        taken = set(named)
        return Found(named, [key for key in near if key not in taken], correction if named else "")
    some = find_some(catalog, text)
    return Found(some, loosely=bool(some))


def narrowed(
    items: QuerySet[Item],
    chosen: Chosen,
    attributes: Iterable[AttributeFilter] = (),
    *,
    but: str = "",
) -> QuerySet[Item]:
    """The items that match the chosen filters, without the filter ``but``."""
    for name, value in chosen.items():
        if value and name != but:
            items = items.filter(_has(COLUMNS[name], value))
    for each in attributes:
        items = each.narrow(items)
    return items


def _has(column: str, value: str | tuple[str, ...]) -> Q:
    if isinstance(value, tuple):
        return Q(**{f"{column}__in": value})
    return in_category(value) if column == FILTERS["category"] else Q(**{column: value})


def browse(
    catalog: Catalog, chosen: Chosen, attributes: Iterable[AttributeFilter] = ()
) -> list[int]:
    """Keys of all matching items, the most popular first."""
    rank = {key: position for position, key in enumerate(popularity.curve(catalog).popular)}
    found = narrowed(available_items(catalog), chosen, attributes)
    best = sorted(
        found.order_by().values_list("pk", flat=True),
        key=lambda key: (rank.get(key, len(rank)), key),
    )
    return list(traits_of(catalog).one_of_each_group(best))


@dataclass(frozen=True)
class Results:
    """A search with its filters. ``items``: all items, unfiltered, for the facets' counts.

    ``is_everything``: neither words nor filters narrow it.
    """

    found: Found
    items: QuerySet[Item]
    chosen: Chosen = field(default_factory=dict)
    attributes: tuple[AttributeFilter, ...] = ()
    is_everything: bool = False


def results(
    catalog: Catalog,
    text: str,
    chosen: Chosen,
    attributes: tuple[AttributeFilter, ...] = (),
) -> Results:
    everything, is_narrowed = available_items(catalog), bool(attributes or any(chosen.values()))
    if not text:
        found = Found(browse(catalog, chosen, attributes))
        return Results(found, everything, chosen, attributes, is_everything=not is_narrowed)
    found = look_up(catalog, text)
    items = everything.filter(pk__in=[*found.named, *found.near])
    if is_narrowed:
        was_cut = len(found.named) == MAX_MATCHES and not found.loosely
        among = narrowed(items, chosen, attributes)
        found = found.among(set(among.values_list("pk", flat=True)))
        if was_cut:
            meant, all_of_them = found.corrected or text, narrowed(everything, chosen, attributes)
            found = replace(found, named=find(catalog, meant, among=all_of_them))
    return Results(found.one_of_each_group(catalog), items, chosen, attributes)
