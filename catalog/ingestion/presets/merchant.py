"""Product data for Google Merchant Center: the columns of its tables, and of its XML."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from catalog.ingestion.presets.base import Cells, Preset, deepest, each, filled, money, path, text
from catalog.ingestion.reading.columns import FileKind

_FACTS = (
    "link", "condition", "gtin", "mpn", "color", "size", "material", "pattern", "gender",
    "age_group", "availability_date",
)  # fmt: skip
SOURCE = FileKind(
    "Google Merchant products",
    (
        "id", "title", "description", "image_link", "availability",
        "expiration_date", "price", "sale_price", "brand", "product_type",
        "google_product_category", "item_group_id", *_FACTS,
    ),
    ("id",),
    ("id",),
)  # fmt: skip
_SOLD_OUT = ("outofstock",)


def product(row: Cells) -> dict[str, Any]:
    """A row; several values of one name come as a list."""
    price, currency = money(_first(row, "sale_price") or _first(row, "price"))
    state = _first(row, "availability").lower().replace("_", "").replace(" ", "")
    kinds = _all(row, "product_type") or _all(row, "google_product_category")
    return {
        "item_id": _first(row, "id"),
        **filled(
            title=_first(row, "title"),
            description=_first(row, "description"),
            provider=_first(row, "brand"),
            categories=deepest(path(kind.split(">")) for kind in kinds if not kind.isdigit()),
            available=("false" if state in _SOLD_OUT else "true") if state else "",
            price=price,
            currency=currency,
            image_url=_first(row, "image_link"),
            group=_first(row, "item_group_id"),
            available_until=_first(row, "expiration_date"),
            attributes=filled(**{name: _first(row, name) for name in _FACTS}),
        ),
    }


def _all(row: Cells, name: str) -> list[str]:
    value = row.get(name)
    values = value if isinstance(value, list) else [value]
    return [found for each_value in values if (found := text({name: each_value}, name))]


def _first(row: Cells, name: str) -> str:
    return (_all(row, name) or [""])[0]


PRESETS = (
    Preset("merchant", gettext_lazy("Google Merchant products"), "items", SOURCE, each(product)),
)
