"""The facets of a list (categories, providers, languages), each value with its number of items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from catalog.models import Catalog, Item
from catalog.models.categories import subtree_sizes
from catalog.models.category_paths import BELOW
from catalog.search.attribute_facets import AttributeFacet, attribute_facets
from catalog.search.attribute_filters import BOUNDS, parameter_of
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
class Bound:
    """One field of a range: its parameter, the given value, and the bound of all items."""

    name: str
    value: Any
    outermost: Any


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet of the page: values to choose, or the bounds of a number or date.

    ``others``: for the form of the bounds, the other parameters of the search.
    """

    key: str
    title: str | Promise
    first: list[FacetValue]
    more: list[FacetValue]
    bounds: tuple[Bound, ...] = ()
    field_type: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def is_chosen(self) -> bool:
        return any(value.chosen for value in self.first) or any(
            bound.value is not None for bound in self.bounds
        )


def facets(catalog: Catalog, query: QueryDict, results: Results) -> list[Facet]:
    """The facets, one query each; a facet with one value is left out."""
    made = [_facet(catalog, query, results, name) for name in FILTERS]
    counted = attribute_facets(catalog, results)
    made += [_range(query, each) if each.is_range else _values(query, each) for each in counted]
    return [facet for facet in made if facet is not None]


def _values(query: QueryDict, counted: AttributeFacet) -> Facet | None:
    """The values of an attribute; one is enough for yes and no and for lists."""
    name, fewest = parameter_of(counted.name), 1 if counted.kind in ("boolean", "list") else 2
    if len(counted.values) < fewest and not counted.chosen:
        return None
    choices = [
        FacetValue(
            counted.shown(value),
            size,
            # As it was typed: a filter takes "Red" for "red".
            address_of(query, name, str(query[name]) if value == counted.chosen else value),
            value == counted.chosen,
        )
        for value, size in counted.values.items()
    ]
    return Facet(name, counted.label, choices[:FIRST], choices[FIRST:])


def _range(query: QueryDict, counted: AttributeFacet) -> Facet | None:
    """The bounds of a number or date; nothing to choose if all items have the same."""
    is_given = counted.low is not None or counted.high is not None
    if counted.lowest == counted.highest and not is_given:
        return None
    low, high = (parameter_of(counted.name, bound) for bound in BOUNDS)
    bounds = (Bound(low, counted.low, counted.lowest), Bound(high, counted.high, counted.highest))
    others = tuple((key, str(query[key])) for key in query if key not in (low, high, "page"))
    title = f"{counted.label} ({counted.unit})" if counted.unit else counted.label
    return Facet(low, title, [], [], bounds, counted.kind, others)


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
    items = narrowed(results.items, results.chosen, results.attributes, but=name).order_by()
    rows = (
        items.values(column)
        .annotate(n=Count("pk", distinct=True))
        .order_by("-n", column)[: MOST[name]]
    )
    sizes = {value: size for value, size in rows.values_list(column, "n") if value}
    if column == FILTERS["category"] and any(BELOW in value for value in sizes):
        sizes = _with_ancestors(items, column)
    first = chosen if isinstance(chosen, tuple) else filter(None, (chosen,))
    return {**{value: sizes.get(value, 0) for value in first}, **sizes}


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
