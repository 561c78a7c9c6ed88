"""Product CSV of Shopify, of the old and of the new column names.

A product has a line for each variant and for each further image; all have its handle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
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
    "Shopify products",
    (
        "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags",
        "Published", "Status", "Variant SKU", "Variant Price", "Variant Inventory Qty",
        "Variant Inventory Policy", "Image Src", "Variant Image",
        "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name",
        "Option3 Value",
    ),
    ("Handle", "Title"),
    ("Handle", "Variant SKU"),
    "",
    {
        "Handle": ("URL handle",),
        "Body (HTML)": ("Description",),
        "Product Category": ("Standardized Product Type", "Standard Product Type"),
        "Type": ("Custom Product Type",),
        "Published": ("Published on online store",),
        "Variant SKU": ("SKU",),
        "Variant Price": ("Price",),
        "Variant Inventory Qty": ("Inventory quantity",),
        "Variant Inventory Policy": ("Continue selling when out of stock",),
        "Image Src": ("Product image URL",),
        "Variant Image": ("Variant image URL",),
    },
)  # fmt: skip
_OPTIONS = (1, 2, 3)


def _products(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines of one handle that follow each other; a bad line stands alone."""
    numbered = enumerate(lines)

    def key(pair: tuple[int, Line]) -> Any:
        number, line = pair
        return number if isinstance(line.row, BadLine) else text(line.row, "Handle") or number

    for _key, group in groupby(numbered, key):
        yield [line for _number, line in group]


def one_item_a_product(lines: Iterable[Line], say: Say) -> Iterator[Line]:
    joined = 0
    for product in _products(lines):
        first = product[0]
        if isinstance(first.row, BadLine):
            yield first
            continue
        joined += len(product) - 1
        cells = [line.row for line in product if not isinstance(line.row, BadLine)]
        prices = [money(text(row, "Variant Price"))[0] for row in cells]
        row = {
            "item_id": text(first.row, "Handle"),
            **_shared(cells),
            **filled(price=smallest(prices), stock=_stock(cells), attributes=_options(cells)),
        }
        yield Line(first.number, row, product[-1].position)
    counted(say, joined, _("variants and images, joined with their product"))


def one_item_a_variant(lines: Iterable[Line], say: Say) -> Iterator[Line]:
    images = 0
    for product in _products(lines):
        cells = [line.row for line in product if not isinstance(line.row, BadLine)]
        for line in product:
            if isinstance(line.row, BadLine):
                yield line
            elif _is_variant(line.row):
                yield Line(line.number, _variant(line.row, cells), line.position)
            else:
                images += 1
    counted(say, images, _("further images, not read"))


def _is_variant(row: Cells) -> bool:
    return any(text(row, name) for name in ("Title", "Variant SKU", "Variant Price"))


def _variant(row: Cells, product: list[Cells]) -> dict[str, Any]:
    handle, options = text(row, "Handle"), [text(row, f"Option{n} Value") for n in _OPTIONS]
    options = [option for option in options if option and option != "Default Title"]
    shared = _shared(product)
    image = text(row, "Variant Image")
    return {
        "item_id": text(row, "Variant SKU") or "/".join([handle, *options]),
        **shared,
        **filled(
            title=" – ".join(filter(None, [shared.get("title", ""), " / ".join(options)])),
            price=money(text(row, "Variant Price"))[0],
            stock=_stock([row]),
            image_url=image,
            group=handle,
        ),
    }


def _shared(product: list[Cells]) -> dict[str, Any]:
    """What a product's first line says for all."""
    row = next((cells for cells in product if text(cells, "Title")), product[0])
    kinds = [path(text(row, "Product Category").split(">")), text(row, "Type")]
    return filled(
        title=text(row, "Title"),
        description=text(row, "Body (HTML)"),
        provider=text(row, "Vendor"),
        categories=deepest([*kinds, *names_of(text(row, "Tags"))]),
        available=_available(row),
        image_url=next((found for cells in product if (found := text(cells, "Image Src"))), ""),
    )


def _available(row: Cells) -> str:
    """“false” for a draft, an archived or an unpublished product."""
    published, status = text(row, "Published").lower(), text(row, "Status").lower()
    if not published and not status:
        return ""
    return "false" if published == "false" or status in ("draft", "archived") else "true"


def _stock(product: list[Cells]) -> str:
    """Pieces of all variants; not known where a variant is sold although none is left."""
    if any(
        text(row, "Variant Inventory Policy").lower() in ("continue", "true") for row in product
    ):
        return ""
    return total(text(row, "Variant Inventory Qty") for row in product)


def _options(product: list[Cells]) -> dict[str, list[str]]:
    """Option name -> its values, such as {"Size": ["S", "M"]}."""
    found: dict[str, list[str]] = {}
    for number in _OPTIONS:
        name = next((each for row in product if (each := text(row, f"Option{number} Name"))), "")
        values = [text(row, f"Option{number} Value") for row in product]
        values = [value for value in dict.fromkeys(values) if value and value != "Default Title"]
        if name and values:
            found[name] = values
    return found


PRESETS = (
    Preset("shopify", gettext_lazy("Shopify products"), "items", SOURCE, one_item_a_product),
    Preset(
        "shopify-variants",
        gettext_lazy("Shopify products, each variant an item"),
        "items",
        SOURCE,
        one_item_a_variant,
    ),
)
