"""What search offers of a catalogue's typed attributes: counts of values, or the lowest and highest
number or date. One query each; a catalogue without facets in its schema pays none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from cachetools import cached
from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Catalog, Item
from catalog.models.attribute_schemas import RANGES, attribute_label, facets_of
from catalog.models.items import available_items
from catalog.search.attribute_filters import AttributeFilter
from catalog.search.item_search import Results, narrowed
from catalog.search.json_values import DateValue, NumberValue, sizes_of_values
from config.caching import SharedCache

#: Values of one facet, the largest ones.
MOST_VALUES = 50
FACETS_SECONDS = 300


@dataclass(frozen=True)
class AttributeFacet:
    """A facet as counted.

    Attributes:
        values: value -> items; empty for a number or a date.
        chosen: the value of the filter, empty for none.
        lowest, highest: of a number or a date; None if no item has one.
        low, high: the bounds of the filter, None for none.
    """

    name: str
    kind: str
    label: str
    unit: str
    values: Mapping[str, int]
    chosen: str = ""
    lowest: Any = None
    highest: Any = None
    low: Any = None
    high: Any = None

    @property
    def is_range(self) -> bool:
        return self.kind in RANGES

    def shown(self, value: str) -> str:
        """A value as people read it."""
        if self.kind == "boolean":
            return str(_("yes") if value == "true" else _("no"))
        return f"{value} {self.unit}" if self.unit else value


def attribute_facets(catalog: Catalog, results: Results) -> list[AttributeFacet]:
    """The facets by name."""
    schema = facets_of(catalog.attribute_schema)
    return [_facet(catalog, results, name, entry) for name, entry in schema.items()]


def _facet(
    catalog: Catalog, results: Results, name: str, entry: Mapping[str, Any]
) -> AttributeFacet:
    own = {each.bound: each.value for each in results.attributes if each.name == name}
    kind = entry["type"]
    named = (name, kind, attribute_label(name, entry), entry.get("unit", ""))
    counted = (
        _of_everything(catalog, name, kind)
        if results.is_everything
        else _count(_others(results, name), name, kind)
    )
    if kind in RANGES:
        lowest, highest = counted
        return AttributeFacet(*named, {}, "", lowest, highest, own.get("min"), own.get("max"))
    chosen = _text(own.get("", ""))
    first = {chosen: counted.get(chosen, 0)} if chosen else {}
    return AttributeFacet(*named, {**first, **counted}, chosen)


def _others(results: Results, name: str) -> QuerySet[Item]:
    """The items by all filters but those of this attribute."""
    others: list[AttributeFilter] = [each for each in results.attributes if each.name != name]
    return narrowed(results.items, results.chosen, others)


@cached(
    SharedCache("attribute-facet", seconds=FACETS_SECONDS),
    key=lambda catalog, name, kind: f"{catalog.pk}:{kind}:{name}",
)
def _of_everything(catalog: Catalog, name: str, kind: str) -> Any:
    """Of all items, counted up to five minutes ago."""
    return _count(available_items(catalog), name, kind)


def _count(items: QuerySet[Item], name: str, kind: str) -> Any:
    if kind not in RANGES:
        return sizes_of_values(items, name, kind, MOST_VALUES)
    column = NumberValue(name) if kind == "number" else DateValue(name)
    found = items.order_by().aggregate(low=Min(column), high=Max(column))
    return tuple(map(_plain, (found["low"], found["high"])))


def _plain(value: Any) -> Any:
    """A number as JSON writes it: whole ones without a point; None for one beyond all numbers."""
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
