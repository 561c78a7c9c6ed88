"""Files as known programs write them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from catalog.ingestion.file_readers import INTERACTIONS, ITEMS
from catalog.ingestion.mapping_presets import PRESETS, find_preset, presets_of
from catalog.ingestion.merchant_xml import MerchantRows
from catalog.ingestion.presets.base import deepest, money
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import RowSource
from catalog.ingestion.row_sources import open_rows
from config.errors import AppError

DATA = Path(__file__).parent / "data"


def opened(file: Path, preset: str) -> RowSource:
    kind = ITEMS if PRESETS[preset].holds == "items" else INTERACTIONS
    return open_rows(file, kind, preset=preset)


def rows_of(preset: str, file: str | Path) -> list[Any]:
    return [line.row for line in opened(DATA / file, preset)]


def test_lines_of_a_shopify_handle_are_one_item() -> None:
    shirt, mug = rows_of("shopify", "shopify.csv")
    assert shirt == {
        "item_id": "ocean-tee",
        "title": "Ocean Blue Shirt",
        "description": "<p>Ocean blue <strong>cotton</strong> shirt.</p>",
        "provider": "Partners Demo",
        "categories": ["Apparel & Accessories > Clothing > Shirts", "Shirts", "men", "summer"],
        "available": "true",
        "image_url": "https://cdn.example.com/ocean.jpg",
        "price": "45.00",
        "stock": "10",
        "attributes": {"Size": ["S", "M"], "Color": ["Blue"]},
    }
    assert (mug["item_id"], mug["available"], "stock" in mug) == ("old-mug", "false", False)


def test_shopify_variants_are_items_of_one_group() -> None:
    small, medium, mug = rows_of("shopify-variants", "shopify.csv")
    assert (small["item_id"], small["title"], small["price"], small["stock"], small["group"]) == (
        "OC-S", "Ocean Blue Shirt – S / Blue", "50.00", "4", "ocean-tee",
    )  # fmt: skip
    assert small["image_url"] == "https://cdn.example.com/ocean-s.jpg"
    assert (medium["item_id"], medium["provider"], medium["group"]) == (
        "OC-M", "Partners Demo", "ocean-tee",
    )  # fmt: skip
    assert (mug["item_id"], mug["title"]) == ("old-mug", "Old Mug")


def test_the_new_names_of_shopify_are_known_too() -> None:
    (board,) = rows_of("shopify", "shopify-new.csv")
    assert board["item_id"] == "board"
    assert (board["price"], board["stock"], board["available"]) == ("600", "3", "true")
    assert board["categories"] == ["Sporting Goods > Snowboards", "winter"]


def test_woocommerce_variations_are_joined_with_their_product() -> None:
    rows = opened(DATA / "woocommerce.csv", "woocommerce")
    shirt, album, private = (line.row for line in rows)
    assert shirt == {
        "item_id": "44",
        "title": "V-Neck T-Shirt",
        "description": "<p>Long, with a comma.</p>",
        "provider": "Woo",
        "categories": ["Clothing > Tshirts"],
        "available": "true",
        "price": "15",
        "stock": "5",
        "image_url": "https://woo.example.com/vneck.jpg",
        "attributes": {"sku": "woo-vneck-tee"},
    }
    assert (album["available"], album["stock"], private["available"]) == ("false", "0", "false")
    assert any("2 lines: variations" in notice for notice in rows.notices)


def test_magento_variants_and_translations_are_no_items() -> None:
    rows = opened(DATA / "magento.csv", "magento")
    bag, hoodie, offline = (line.row for line in rows)
    assert (bag["item_id"], bag["title"], bag["categories"], bag["stock"]) == (
        "24-MB01", "Joust Duffle Bag", ["Gear > Bags"], "100",
    )  # fmt: skip
    assert "image_url" not in bag, "a path in the shop's folder is no address"
    assert (hoodie["price"], hoodie["stock"], hoodie["categories"]) == ("50", "8", ["Men > Tops"])
    assert offline["available"] == "false"
    assert len([notice for notice in rows.notices if " lines: " in notice]) == 2


def test_movielens_in_its_three_forms() -> None:
    story, president, driver = rows_of("movielens", "movies.csv")
    assert story["categories"][:2] == ["Adventure", "Animation"]
    assert story["attributes"] == {"year": 1995}
    assert president["title"] == "American President, The (1995)"
    assert "categories" not in driver
    assert rows_of("movielens-ratings", "ratings.csv")[1] | {"timestamp": 0} == {
        "user_id": "1", "item_id": "11", "kind": "rate", "value": "0.5", "timestamp": 0,
    }  # fmt: skip
    assert rows_of("movielens-dat", "movies.dat")[1]["title"] == "Fiancée (1995)"
    assert rows_of("movielens-dat-ratings", "ratings.dat")[0]["value"] == "5"
    story, wretched = rows_of("movielens-100k", "u.item")
    assert (story["categories"], wretched["title"]) == (
        ["Animation", "Children's", "Comedy"], "Misérables, Les (1995)",
    )  # fmt: skip
    assert [row["user_id"] for row in rows_of("movielens-100k-ratings", "u.data")] == ["196", "186"]


def test_goodreads_books_and_what_was_read() -> None:
    hobbit, guide = rows_of("goodreads", "goodreads-library.csv")
    assert (hobbit["item_id"], hobbit["provider"]) == ("5907", "J.R.R. Tolkien")
    assert hobbit["categories"] == ["fantasy", "classics"]
    assert hobbit["attributes"]["isbn"] == "9780618260300"
    assert "categories" not in guide
    rated, wanted = rows_of("goodreads-ratings", "goodreads-library.csv")
    assert (rated["kind"], rated["value"], rated["timestamp"]) == ("rate", "5", "2019-02-13")
    assert (wanted["kind"], wanted["value"], wanted["timestamp"]) == ("save", None, "2020-05-01")
    research, undated = rows_of("goodreads-ratings", "goodreads-interactions.csv")
    assert (research["user_id"], research["timestamp"]) == ("8842281e", "2016-11-15T11:29:22-08:00")
    assert (undated["kind"], undated["timestamp"]) == ("take", 3)


def test_a_moodle_log_gives_activities_and_events() -> None:
    quiz, course = rows_of("moodle", "moodle.csv")
    assert quiz == {
        "item_id": "Quiz: Week 1 test", "title": "Week 1 test", "categories": ["Quiz"],
    }  # fmt: skip
    assert course["title"] == "Statistics"
    rows = opened(DATA / "moodle.csv", "moodle-events")
    assert [line.row for line in rows] == [
        {
            "user_id": "42", "item_id": "Quiz: Week 1 test", "kind": "take",
            "timestamp": "2023-11-15T09:14:22+00:00",
        },
        {
            "user_id": "43", "item_id": "Course: Statistics", "kind": "view",
            "timestamp": "2023-11-03T18:01:00+00:00",
        },
    ]  # fmt: skip
    assert "Times are read as day/month." in rows.notices
    assert any("Origin" in notice for notice in rows.notices), "unread columns are named"


def test_merchant_xml_is_read_product_by_product() -> None:
    rows = MerchantRows(DATA / "merchant.xml")
    lines = list(rows)
    television, shirt = (line.row for line in lines)
    assert television == {
        "item_id": "TV_123456",
        "title": "Television & Remote",
        "description": "<p>4K &amp; HDR</p>",
        "provider": "Google",
        "categories": ["Home > Electronics > Televisions"],
        "available": "true",
        "price": "49.99",
        "currency": "USD",
        "image_url": "https://images.example.com/TV_123456.png",
        "attributes": {"link": "https://store.example.com/tv", "condition": "new"},
    }
    assert (shirt["title"], shirt["available"], shirt["group"]) == ("Blue Shirt", "false", "S")
    assert (shirt["price"], shirt["currency"]) == ("999", "EUR")
    assert [line.number for line in lines] == [7, 22]
    assert rows.notices == ["Not read: shipping, tax_category."]


def test_merchant_xml_may_be_packed(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml.gz"
    file.write_bytes(gzip.compress((DATA / "merchant.xml").read_bytes()))
    assert MerchantRows(file).count == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<rss><channel><item><id>1</id></channel></rss>", "line 1: is not valid XML"),
        ("<rss><channel></channel></rss>", "has no products"),
        (
            '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rss><item>&b;</item></rss>',
            "what a feed never needs",
        ),
        ("no xml at all", "is not valid XML"),
    ],
)
def test_broken_or_dangerous_xml_is_rejected(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(text)
    with pytest.raises(AppError, match=reason):
        MerchantRows(file)


def test_a_file_of_another_program_is_rejected_with_what_is_missing() -> None:
    with pytest.raises(AppError, match="Handle"):
        opened(DATA / "movies.csv", "shopify")


def test_a_bad_line_stays_a_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "movies.csv"
    file.write_text("movieId,title,genres\n1,Toy Story\n2,Heat,Crime\n")
    bad, good = rows_of("movielens", file)
    assert isinstance(bad, BadLine)
    assert good["item_id"] == "2"


def test_an_unknown_preset_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(AppError, match="shopify"):
        find_preset("shopware", "items")
    with pytest.raises(AppError, match="movielens-ratings"):
        find_preset("shopify", "interactions")
    assert {preset.holds for preset in PRESETS.values()} == {"items", "interactions"}
    assert len(presets_of("items")) + len(presets_of("interactions")) == len(PRESETS)


@pytest.mark.parametrize(
    ("cell", "price", "currency"),
    [
        ("49.99 EUR", "49.99", "EUR"),
        ("USD 5", "5", "USD"),
        ("1,299.00", "1299.00", ""),
        ("1.299,00 EUR", "1299.00", "EUR"),
        ("12,5", "12.5", ""),
        ("1,299", "1299", ""),
        ("free", "free", ""),
        ("", "", ""),
    ],
)
def test_money(cell: str, price: str, currency: str) -> None:
    assert money(cell) == (price, currency)


def test_paths_to_other_paths_are_left_out() -> None:
    assert deepest(["A", "A > B", "A > B", "C", ""]) == ["A > B", "C"]
