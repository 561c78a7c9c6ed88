"""Typed attributes as filters and facets of the search API."""

from __future__ import annotations

import pytest

from catalog.models import Catalog, Item
from tests.api_clients import Program, only_problem
from tests.catalog.attribute_mugs import make_mugs


@pytest.fixture
def mugs(catalog: Catalog) -> list[Item]:
    return make_mugs(catalog)


def test_filters_and_facets(api: Program, mugs: list[Item]) -> None:
    answer = api.get("search", q="mug", **{"attributes.colour": "red"})
    assert [item["title"] for item in answer["items"]] == ["Mug 0", "Mug 1"]
    facets = answer["facets"]["attributes"]
    assert facets["colour"] == {
        "type": "choice", "label": "Colour", "unit": "", "min": None, "max": None,
        "values": [
            {"value": "red", "label": "red", "items": 2},
            {"value": "Café Olé", "label": "Café Olé", "items": 1},
        ],
    }  # fmt: skip
    assert (facets["weight"]["min"], facets["weight"]["max"]) == (0.5, 2)
    assert facets["weight"]["unit"] == "kg"
    assert (facets["made"]["min"], facets["made"]["values"]) == ("2025-12-01", [])


def test_pages_keep_the_filters(api: Program, mugs: list[Item]) -> None:
    first = api.get("search", q="mug", limit=1, **{"attributes.weight_max": "2"})
    second = api.client.get(first["next"]).json()
    assert (first["total"], second["total"], second["next"]) == (2, 2, None)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("color", "red", "Did you mean “attributes.colour”?"),
        ("note", "x", "Known: attributes.colour, attributes.contains__gte_min"),
        ("weight", "1", "Did you mean “attributes.weight_m"),
        ("colour_min", "1", "Did you mean “attributes.colour”?"),
        ("colour", "green", "must be one of red, blue, Café Olé"),
        ("colour", "", "must not be empty"),
        ("material", "wool", "No item in this catalogue has this value."),
        ("weight_min", "heavy", "must be a number"),
        ("weight_min", "nan", "must be a number"),
        ("made_max", "soon", "must be a date such as 2026-05-31"),
        ("washable", "perhaps", "must be true or false"),
    ],
)
def test_what_is_no_filter_is_named(
    api: Program, mugs: list[Item], name: str, value: str, reason: str
) -> None:
    query = {"q": "mug", f"attributes.{name}": value}
    field, given, why = only_problem(api.get("search", 400, **query))
    assert (field, given) == (f"attributes.{name}", value)
    assert reason in why


def test_bounds_in_the_wrong_order(api: Program, mugs: list[Item]) -> None:
    query = {"q": "mug", "attributes.weight_max": "1", "attributes.weight_min": "2"}
    field, _value, reason = only_problem(api.get("search", 400, **query))
    assert field == "attributes.weight_max"
    assert "is below 2, the value of attributes.weight_min" in reason


def test_a_catalogue_without_a_schema_has_no_such_filter(api: Program, items: list[Item]) -> None:
    query = {"q": "mug", "attributes.colour": "red"}
    assert (
        "no attribute of this catalogue is a facet"
        in only_problem(api.get("search", 400, **query))[2]
    )
    assert "attributes" not in api.get("search", q="mug")["facets"]
