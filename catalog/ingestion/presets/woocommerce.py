"""Product CSV of WooCommerce. Variations are joined with their parent, wherever they stand."""

from __future__ import annotations

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
    names_of,
    path,
    smallest,
    text,
    total,
)
from catalog.ingestion.reading.columns import FileKind
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import Line

SOURCE = FileKind(
    "WooCommerce products",
    (
        "ID", "Type", "SKU", "Name", "Published", "Short description", "Description",
        "In stock?", "Stock", "Sale price", "Regular price", "Categories", "Tags", "Images",
        "Parent", "Brands", "Visibility in catalog",
    ),
    ("Name",),
    ("ID", "SKU"),
    "",
    {"Brands": ("Brand",), "Images": ("Image",)},
)  # fmt: skip


def rows(lines: Iterable[Line], say: Say) -> Iterator[Line]:
    variations = _variations(lines)
    for line in lines:
        if isinstance(line.row, BadLine):
            yield line
        elif not _is_variation(line.row):
            yield Line(line.number, _product(line.row, _of(line.row, variations)), line.position)
    counted(say, sum(map(len, variations.values())), _("variations, joined with their product"))


def _variations(lines: Iterable[Line]) -> dict[str, list[Cells]]:
    """The variations by what they call their parent: “id:12”, or its SKU."""
    found: dict[str, list[Cells]] = {}
    for line in lines:
        if not isinstance(line.row, BadLine) and _is_variation(line.row):
            found.setdefault(text(line.row, "Parent").replace(" ", ""), []).append(line.row)
    return found


def _is_variation(row: Cells) -> bool:
    return "variation" in [kind.lower() for kind in names_of(text(row, "Type"))]


def _of(row: Cells, variations: dict[str, list[Cells]]) -> list[Cells]:
    if not variations:
        return []
    names = [f"id:{text(row, 'ID')}", text(row, "SKU").replace(" ", "")]
    return [each for name in names if name in variations for each in variations[name]]


def _product(row: Cells, variations: list[Cells]) -> dict[str, Any]:
    sold = [row, *variations]
    prices = [money(text(each, "Sale price", "Regular price"))[0] for each in sold]
    paths = [path(name.split(">")) for name in names_of(text(row, "Categories"))]
    image = next((found for each in sold if (found := text(each, "Images"))), "")
    return {
        "item_id": text(row, "ID") or text(row, "SKU"),
        **filled(
            title=text(row, "Name"),
            description=text(row, "Description", "Short description"),
            provider=(names_of(text(row, "Brands")) or [""])[0],
            categories=deepest([*paths, *names_of(text(row, "Tags"))]),
            available=_available(row, variations),
            price=smallest(prices),
            stock=total(text(each, "Stock") for each in sold),
            image_url=(names_of(image) or [""])[0],
            attributes=filled(sku=text(row, "SKU") if text(row, "ID") else ""),
        ),
    }


def _available(row: Cells, variations: list[Cells]) -> str:
    """“false” for what is not published, hidden or out of stock in all its variations."""
    if text(row, "Visibility in catalog").lower() == "hidden":
        return "false"
    published = text(row, "Published")
    if published in ("0", "-1"):
        return "false"
    stocks = [text(each, "In stock?").lower() for each in (variations or [row])]
    if stocks and all(stock in ("0", "no") for stock in stocks):
        return "false"
    return "true" if published or any(stocks) else ""


PRESETS = (Preset("woocommerce", gettext_lazy("WooCommerce products"), "items", SOURCE, rows),)
