from __future__ import annotations

from typing import Any

import pytest

from catalog.browse.item_facts import facts_of
from catalog.ingestion.bulk_writes import check_items, upsert_items
from catalog.models import Catalog, Item
from catalog.validation.attribute_values import typed_attributes
from catalog.validation.field_readers import BadField

SCHEMA: dict[str, Any] = {
    "colour": {"type": "choice", "label": {"en": "Colour"}, "choices": ["Red", "Blue"]},
    "weight": {"type": "number", "unit": "kg"},
    "vegan": {"type": "boolean"},
    "made": {"type": "date"},
    "tags": {"type": "list"},
    "note": {"type": "text"},
}


def test_values_take_their_types() -> None:
    given = {
        "colour": "red", "weight": "2.50", "vegan": "yes", "made": "2026-05-31",
        "tags": "a|b|a", "note": 7, "url": "https://example.org",
    }  # fmt: skip
    assert typed_attributes(given, SCHEMA) == {
        "colour": "Red", "weight": 2.5, "vegan": True, "made": "2026-05-31",
        "tags": ["a", "b"], "note": "7", "url": "https://example.org",
    }  # fmt: skip
    assert typed_attributes({"colour": "", "weight": None}, SCHEMA) == {}
    assert typed_attributes({"any": [1]}, {}) == {"any": [1]}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("colour", "green", "must be one of Red, Blue"),
        ("weight", "heavy", "must be a number"),
        ("weight", True, "must be a number"),
        ("vegan", "perhaps", "must be true or false"),
        ("made", "31.5.2026", "must be a date"),
        ("tags", 5, "must be a list"),
        ("color", "red", "Did you mean “colour”"),
        ("size", 5, "Known: colour"),
    ],
)
def test_a_bad_value_is_named(name: str, value: Any, reason: str) -> None:
    with pytest.raises(BadField, match=reason) as caught:
        typed_attributes({name: value}, SCHEMA)
    assert caught.value.field == f"attributes.{name}"


def test_files_and_programs_are_checked_alike(catalog: Catalog) -> None:
    catalog.attribute_schema = SCHEMA
    rows = [
        {"item_id": "a", "attributes": {"colour": "blue"}},
        {"item_id": "b", "attributes": '{"colour": "green"}'},
    ]
    for act in (check_items, upsert_items):
        [error] = act(catalog=catalog, rows=rows).errors
        assert (error.row, error.field, error.value) == (2, "attributes.colour", "green")
    assert Item.objects.get().attributes == {"colour": "Blue"}


def test_a_page_shows_labels_and_units(catalog: Catalog) -> None:
    catalog.attribute_schema = SCHEMA
    item = Item(catalog=catalog, attributes={"colour": "Red", "weight": 2.5, "vegan": True})
    assert facts_of(item) == [("Colour", "Red"), ("Weight", "2.5 kg"), ("Vegan", "yes")]
