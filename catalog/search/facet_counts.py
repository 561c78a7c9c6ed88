"""The facets of a list (categories, providers, languages), each value with its number of items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from catalog.models import Catalog, Item
from catalog.models.categories import subtree_sizes
from catalog.models.category_paths import BELOW
from catalog.search.item_search import COLUMNS, FILTERS, Results, narrowed

TITLES: Mapping[str, str | Promise] = {
    "category": _("Categories"),
    "provider": _("Providers"),
    "language": _("Languages"),
}
#: Values that are shown at first, and at most; some catalogues have thousands of providers.
FIRST, MOST = 10, {"category": 200, "kind": 200, "provider": 30, "language": 30}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet. ``address``: the query that chooses it, or removes the choice.

    ``whole``: the path of a category in a tree, else empty.
    """

    label: str
    items: int
    address: str
    chosen: bool
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    key: str
    title: str | Promise
    first: list[FacetValue]
    more: list[FacetValue]


def facets(catalog: Catalog, query: QueryDict, results: Results) -> list[Facet]:
    """The facets, one query each; a facet with one value is left out."""
    made = [_facet(catalog, query, results, name) for name in FILTERS]
    return [facet for facet in made if facet is not None]


def _facet(catalog: Catalog, query: QueryDict, results: Results, name: str) -> Facet | None:
    chosen = results.chosen.get(name, "")
    sizes = sizes_of(results, name)
    if len(sizes) < 2 and not chosen:
        return None
    choices = [
        FacetValue(
            label_of(catalog, name, value),
            size,
            address_of(query, name, value),
            value == chosen,
            catalog.category_path(value) if BELOW in value and name == "category" else "",
        )
        for value, size in sizes.items()
    ]
    return Facet(name, TITLES[name], choices[:FIRST], choices[FIRST:])


def sizes_of(results: Results, name: str) -> dict[str, int]:
    """A filter's values with their sizes: the chosen one, then the largest; one query."""
    column, chosen = COLUMNS[name], results.chosen.get(name, "")
    items = narrowed(results.items, results.chosen, but=name).order_by()
    rows = (
        items.values(column)
        .annotate(n=Count("pk", distinct=True))
        .order_by("-n", column)[: MOST[name]]
    )
    sizes = {value: size for value, size in rows.values_list(column, "n") if value}
    if column == FILTERS["category"] and any(BELOW in value for value in sizes):
        sizes = _with_ancestors(items, column)
    return {chosen: sizes.get(chosen, 0), **sizes} if chosen else sizes


def _with_ancestors(items: QuerySet[Item], column: str) -> dict[str, int]:
    """Each category with the items below it, the largest first; one query more, in trees only."""
    pairs = items.exclude(**{column: None}).values_list("pk", column)
    sizes = subtree_sizes(pairs)
    ordered = sorted(sizes.items(), key=lambda entry: (-entry[1], entry[0]))
    return dict(ordered[: MOST["category"]])


def label_of(catalog: Catalog, name: str, value: str) -> str:
    if name in ("category", "kind"):
        return catalog.category_label(value)
    if name == "language":
        return language_name(value)
    return value


def language_name(code: str) -> str:
    """A language in its own words."""
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def address_of(query: QueryDict, name: str, value: str) -> str:
    """The first page of the same search with this value chosen, or no longer chosen."""
    changed = query.copy()
    changed.pop("page", None)
    if changed.get(name) == value:
        changed.pop(name)
    else:
        changed[name] = value
    return "?" + changed.urlencode()
