from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog.models.event_kinds import Kinds, preset_rows
from catalog.validation.event_values import EventReader
from catalog.validation.field_readers import BadField
from catalog.validation.row_parsing import InteractionRow, ItemRow

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fields_of(**row: Any) -> dict[str, Any]:
    return ItemRow.of({"item_id": "i", **row}, now=NOW).fields


def line_of(**row: Any) -> InteractionRow:
    given = {"user_id": "u", "item_id": "i", "kind": "take", **row}
    return InteractionRow.of(given, now=NOW, rules=EventReader(Kinds(preset_rows()), "1-5"))


def test_an_item_has_what_a_shop_says_of_it() -> None:
    found = fields_of(
        price="12.5",
        currency="eur",
        stock="3",
        image_url="https://cdn.example/a.jpg",
        group=" shirt ",
        available_from="2027-01-01",
        available_until=1830000000,
    )
    assert found == {
        "price": Decimal("12.50"),
        "currency": "EUR",
        "stock": 3,
        "image_url": "https://cdn.example/a.jpg",
        "group": "shirt",
        "available_from": datetime(2027, 1, 1, tzinfo=UTC),
        "available_until": datetime(2027, 12, 28, 13, 20, tzinfo=UTC),
    }


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_an_empty_cell_empties_the_field_and_a_missing_one_leaves_it(empty: str | None) -> None:
    found = fields_of(price=empty, currency=empty, stock=empty, available_from=empty)
    assert found == {"price": None, "currency": "", "stock": None, "available_from": None}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("price", "12,50", "must be a number such as 12.50"),
        ("price", "12.50 EUR", "the currency has a field of its own"),
        ("price", "NaN", "must be a number"),
        ("price", True, "must be a number"),
        ("price", "-1", "must be from 0 to"),
        ("price", "1e12", "must be from 0 to"),
        ("price", "12.345", "more than two digits"),
        ("currency", "euro", "three letters"),
        ("currency", "€", "three letters"),
        ("stock", "2.5", "whole number"),
        ("stock", "-1", "whole number"),
        ("stock", "in stock", "must be a number"),
        ("stock", 2**31, "whole number"),
        ("image_url", "javascript:alert(1)", "begins with http"),
        ("image_url", "//cdn.example/a.jpg", "begins with http"),
        ("image_url", "https://x.example/" + "a" * 1000, "longer than 1000"),
        ("group", "g" * 256, "longer than 255"),
        ("available_from", "tomorrow", "must be a time"),
        ("available_until", "9500-01-01", "after the year 9000"),
    ],
)
def test_a_bad_value_is_named(name: str, value: Any, reason: str) -> None:
    with pytest.raises(BadField, match=reason) as caught:
        fields_of(**{name: value})
    assert caught.value.field == name


def test_a_sale_ends_after_it_begins() -> None:
    with pytest.raises(BadField, match="must be after available_from") as caught:
        fields_of(available_from="2026-06-01", available_until="2026-06-01")
    assert caught.value.field == "available_until"


def test_an_event_has_quantity_price_currency_and_session() -> None:
    line = line_of(quantity="2", price=9.99, currency="usd", session=" s-1 ")
    assert (line.quantity, line.price, line.currency, line.session) == (
        2.0,
        Decimal("9.99"),
        "USD",
        "s-1",
    )
    bare = line_of(quantity="", price=None)
    assert (bare.quantity, bare.price, bare.currency, bare.session) == (None, None, "", "")


@pytest.mark.parametrize(
    ("name", "value"), [("quantity", 0), ("quantity", "-2"), ("session", "s" * 101), ("price", "x")]
)
def test_a_bad_order_line_is_named(name: str, value: Any) -> None:
    with pytest.raises(BadField) as caught:
        line_of(**{name: value})
    assert caught.value.field == name
