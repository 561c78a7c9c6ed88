"""Filters of a search by the catalogue's typed attributes: ``attributes.colour=red``.

A number or a date is bounded instead: ``attributes.weight_min``, ``attributes.weight_max``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Catalog, Item
from catalog.models.attribute_schemas import RANGES, facets_of
from catalog.search.json_values import DateValue, HasValue, NumberValue
from catalog.validation.attribute_values import read_value
from catalog.validation.field_readers import BadField

PREFIX = "attributes."
BOUNDS = {"min": "gte", "max": "lte"}


@dataclass(frozen=True, slots=True)
class AttributeFilter:
    """One filter. ``bound``: "min" or "max" of a number or date, empty for the value itself."""

    name: str
    kind: str
    value: Any
    bound: str = ""

    @property
    def parameter(self) -> str:
        return parameter_of(self.name, self.bound)

    def narrow(self, items: QuerySet[Item]) -> QuerySet[Item]:
        if not self.bound:
            has = HasValue(self.name, self.value, is_list=self.kind == "list")
            return items.filter(Q(has))
        alias = f"{self.kind}_{self.bound}_{len(items.query.annotations)}"
        column = NumberValue(self.name) if self.kind == "number" else DateValue(self.name)
        return items.alias(**{alias: column}).filter(
            **{f"{alias}__{BOUNDS[self.bound]}": self.value}
        )


def parameter_of(name: str, bound: str = "") -> str:
    return f"{PREFIX}{name}_{bound}" if bound else f"{PREFIX}{name}"


def parameters(schema: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The parameters of a schema: each with the name of its attribute and the bound, or ""."""
    return dict(_parameters(schema))


def _parameters(schema: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, entry in facets_of(schema).items():
        for bound in BOUNDS if entry["type"] in RANGES else ("",):
            yield parameter_of(name, bound), (name, bound)


def read_filters(catalog: Catalog, given: Mapping[str, str]) -> tuple[AttributeFilter, ...]:
    """The filters of these parameters.

    Raises:
        BadField: for a parameter that is no facet of the catalogue, a value of another type, or
            bounds that leave nothing.
    """
    known = parameters(catalog.attribute_schema)
    found = []
    for parameter, text in given.items():
        if parameter not in known:
            raise BadField(parameter, text, _unknown(parameter, known))
        name, bound = known[parameter]
        entry = catalog.attribute_schema[name]
        found.append(AttributeFilter(name, entry["type"], _read(parameter, text, entry), bound))
    _check_order(found)
    return tuple(found)


def _read(parameter: str, text: str, entry: Mapping[str, Any]) -> Any:
    if not text.strip():
        raise BadField(parameter, text, _("must not be empty"))
    single = {**entry, "type": "choice" if entry.get("choices") else "text"}
    return read_value(parameter, text.strip(), single if entry["type"] == "list" else entry)


def _check_order(found: Iterable[AttributeFilter]) -> None:
    lowest = {each.name: each.value for each in found if each.bound == "min"}
    for each in found:
        if each.bound == "max" and each.name in lowest and each.value < lowest[each.name]:
            raise BadField(
                each.parameter,
                each.value,
                _("is below %(lowest)s, the value of %(parameter)s")
                % {"lowest": lowest[each.name], "parameter": parameter_of(each.name, "min")},
            )


def _unknown(parameter: str, known: Iterable[str]) -> str:
    bare = [each.removeprefix(PREFIX) for each in known]
    if close := get_close_matches(parameter.removeprefix(PREFIX), bare, n=1):
        name = PREFIX + close[0]
        return _("is no filter of this catalogue. Did you mean “%(name)s”?") % {"name": name}
    if names := ", ".join(known):
        return _("is no filter of this catalogue. Known: %(names)s") % {"names": names}
    return _("is no filter: no attribute of this catalogue is a facet")
