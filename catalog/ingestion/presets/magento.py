"""Product CSV of Magento 2 (Adobe Commerce). Variants are joined with what they are variants of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.ingestion.presets.base import (
    Cells,
    Preset,
    Say,
    counted,
    deepest,
    filled,
    money,
    path,
    smallest,
    text,
    total,
)
from catalog.ingestion.reading.columns import FileKind
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import Line

SOURCE = FileKind(
    "Magento 2 products",
    (
        "sku", "store_view_code", "product_type", "categories", "name", "description",
        "short_description", "product_online", "visibility", "price", "special_price", "qty",
        "is_in_stock", "base_image", "configurable_variations", "manufacturer", "brand",
    ),
    ("sku", "name"),
    ("sku",),
    "",
    {},
)  # fmt: skip
_HIDDEN = "not visible individually"
_VARIANT = re.compile(r"(?:^|\|)\s*sku=([^,|]+)")


def rows(lines: Iterable[Line], say: Say) -> Iterator[Line]:
    variants = _variants(lines)
    translations = joined = 0
    for line in lines:
        if isinstance(line.row, BadLine):
            yield line
        elif text(line.row, "store_view_code") not in ("", "default"):
            translations += 1
        elif text(line.row, "visibility").lower() == _HIDDEN:
            joined += 1
        else:
            yield Line(line.number, _product(line.row, variants), line.position)
    counted(say, joined, _("variants (not visible individually), joined with their product"))
    counted(say, translations, _("texts of another store view, not read"))


def _variants(lines: Iterable[Line]) -> dict[str, Cells]:
    """The lines that are not visible individually, by SKU."""
    return {
        text(line.row, "sku"): line.row
        for line in lines
        if not isinstance(line.row, BadLine) and text(line.row, "visibility").lower() == _HIDDEN
    }


def _product(row: Cells, variants: dict[str, Cells]) -> dict[str, Any]:
    skus = _VARIANT.findall(text(row, "configurable_variations"))
    sold = [row, *(variants[sku.strip()] for sku in skus if sku.strip() in variants)]
    prices = [money(text(each, "special_price", "price"))[0] for each in sold]
    stocked = sold[1:] or sold
    return {
        "item_id": text(row, "sku"),
        **filled(
            title=text(row, "name"),
            description=text(row, "description", "short_description"),
            provider=text(row, "brand", "manufacturer"),
            categories=_categories(text(row, "categories")),
            available=_available(row, stocked),
            price=smallest(prices),
            stock=total(text(each, "qty") for each in stocked),
            image_url=_address(text(row, "base_image")),
        ),
    }


def _categories(cell: str) -> list[str]:
    """“Default Category/Gear/Bags” -> “Gear > Bags”; the root is the shop itself."""
    found = []
    for name in re.split(r"[,|]", cell):
        parts = [part.strip() for part in re.split(r"(?<!\\)/", name)]
        found.append(path(parts[1:] if parts[0].lower() == "default category" else parts))
    return deepest(found)


def _available(row: Cells, stocked: list[Cells]) -> str:
    online = text(row, "product_online")
    stocks = [text(each, "is_in_stock") for each in stocked]
    if online in ("0", "2") or (any(stocks) and all(stock in ("0", "") for stock in stocks)):
        return "false"
    return "true" if online or any(stocks) else ""


def _address(image: str) -> str:
    """A path within the shop's media folder is no address."""
    return image if image.startswith(("http://", "https://")) else ""


PRESETS = (Preset("magento", gettext_lazy("Magento 2 products"), "items", SOURCE, rows),)
