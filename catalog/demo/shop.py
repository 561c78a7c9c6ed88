"""The gift shop: real products, prices and purchases of a British wholesaler.

The purchases are from December 2010 to December 2011.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from catalog.demo.dataset import DemoCatalog, DemoItem, DemoLog, read_rows
from catalog.demo.shop_categories import categories_of
from catalog.demo.texts import SHOP
from catalog.models.event_kinds import Kind

#: Rows of the source that are not products.
_SERVICES = {"NEXT DAY CARRIAGE", "HIGH RESOLUTION IMAGE", "PACKING CHARGE"}
_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "de",
        "du",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
    ]
)
_AS_WRITTEN = frozenset(["BBQ", "CD", "DIY", "DVD", "LED", "MOP", "TV", "UK", "USB", "WC", "XL"])


def build(data: Path) -> DemoCatalog:
    sales, products = data / "uci-online-retail", data / "uci-online-retail-products"
    rows = list(read_rows(sales))
    prices = {row["item_id"]: price_of(row["description"]) for row in read_rows(products)}
    log = _read_log(sales, [row["item_id"] for row in rows])
    first_sale = np.full(len(rows), log.time[-1])
    np.minimum.at(first_sale, log.item, log.time)
    items = [
        _item(row, prices.get(row["item_id"]), int(time))
        for row, time in zip(rows, first_sale, strict=True)
    ]
    return DemoCatalog(slug="shop", fields=SHOP, items=items, log=log)


def price_of(description: str) -> float | None:
    """Pounds, from "Median unit price: £0.85"."""
    found = re.search(r"£([0-9.]+)", description)
    return float(found.group(1)) if found else None


def readable(title: str) -> str:
    """ "SET/3 OF T-LIGHTS IN BOX" as "Set/3 of T-Lights in Box"; other titles stay."""
    if not title.isupper():
        return title
    words = [_readable_word(word) for word in title.split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _readable_word(word: str) -> str:
    if word.strip(",.") in _AS_WRITTEN:
        return word
    if word.lower() in _SMALL_WORDS:
        return word.lower()
    return re.sub(r"[A-Z]+(?:'[A-Z]+)?", lambda found: found.group().capitalize(), word)


def _item(row: dict[str, str], price: float | None, first_sale: int) -> DemoItem:
    return DemoItem(
        item_id=row["item_id"],
        title=readable(row["title"]),
        description="",
        categories=categories_of(row["title"]),
        language="en",
        attributes={"source_title": row["title"]}
        | ({"price": price, "currency": "GBP"} if price else {}),
        created_at=datetime.fromtimestamp(first_sale, UTC),
        available=row["title"].upper() not in _SERVICES,
    )


def _read_log(folder: Path, item_ids: list[str]) -> DemoLog:
    index = {item_id: position for position, item_id in enumerate(item_ids)}
    rows = [
        (row["user_id"], index[row["item_id"]], float(row["value"]), int(row["timestamp"]))
        for row in read_rows(folder, "interactions.csv.gz")
    ]
    rows.sort(key=lambda row: row[3])
    users, items, values, times = zip(*rows, strict=True)
    people, person = np.unique(users, return_inverse=True)
    return DemoLog(
        people=people.tolist(),
        person=person.astype(np.int32),
        item=np.array(items, dtype=np.int32),
        kind=np.full(len(rows), Kind.TAKE.value),
        value=np.array(values),
        time=np.array(times, dtype=np.int64),
    )
