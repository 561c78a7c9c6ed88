"""Every field of the items and events of a file, by the command and the admin: the right value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.models import Catalog, Interaction, Item
from tests.cases.doors import ALL_DOORS, run
from tests.cases.file_cases import DATA, STORED
from tests.factories import make_item

START = 1_700_000_000
WORDS = " ".join(["word"] * 30_000)
MUG = {"title": "Red mug", "description": "A red mug", "category_names": ["Kitchen", "Mugs"]}
ITEMS: dict[str, dict[str, dict[str, Any]]] = {
    "01-baseline/items.csv": {
        "i1": MUG,
        "i2": {**MUG, "title": "Blue mug", "description": "A blue mug"},
        "i3": {"title": "Towel", "description": "A towel", "category_names": ["Bath"]},
    },
    "02-capital-headers/items.csv": {
        "i1": {**MUG, "category_names": ["Kitchen"]},
        "i2": {
            "title": "Blue mug", "description": "A blue mug", "category_names": ["Kitchen"],
        },
    },
    "05-utf16/items.csv": {
        "i1": MUG,
        "i2": {**MUG, "title": "Blue mug", "description": "A blue mug"},
        "i3": {"title": "Towel", "description": "A towel", "category_names": ["Bath"]},
    },
    "08-bom-crlf-quoted-newline/items.csv": {
        "i1": {"title": "Red\r\nmug", "description": 'He said "hi", twice'},
        "i2": {"title": "x", "description": "y"},
    },
    "48-html-description/items.csv": {
        "p1": {"title": "Mug & spoon", "description": "A red mug for tea.\n\nDishwasher safe"},
    },
    "61-unknown-cols/items.csv": {
        "SKU1": {"title": "Red mug", "description": "x", "provider": "Acme", "price": 12.5},
        "SKU2": {"price": 12.5},
    },
    "63-price-stock-cols/items.csv": {
        "p1": {
            "title": "a", "price": 12.5, "stock": 0, "image_url": "http://example.org/a.jpg",
        },
    },
    "146-emdash-number/items.csv": {"i1": {"title": "a", "attributes": {"price": "—"}}},
    "148-slash-labels/items.csv": {"i1": {"title": "a", "category_names": ["Men/Shoes"]}},
    "admin-json-list-cats/items.json": {
        "j1": {"title": "a", "category_names": ["A", "B"], "attributes": {"x": 1}},
    },
}  # fmt: skip
EMPTY: dict[str, Any] = {
    "title": "", "description": "", "category_names": [], "provider": "", "language": "",
    "attributes": {}, "available": True, "price": None, "currency": "", "stock": None,
    "image_url": "", "group": "", "available_from": None, "available_until": None,
}  # fmt: skip


def fields_of(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in EMPTY}


@pytest.mark.parametrize("door", STORED)
@pytest.mark.parametrize("file", ITEMS)
def test_items_have_every_value_of_their_file(catalog: Catalog, door: str, file: str) -> None:
    outcome = ALL_DOORS[door](catalog)("items", DATA / file)
    assert not outcome.failed, outcome.said
    found = {item.external_id: fields_of(item) for item in Item.objects.all()}
    assert found == {key: {**EMPTY, **fields} for key, fields in ITEMS[file].items()}


@pytest.mark.parametrize("door", ALL_DOORS)
def test_case_27_a_cell_of_150_000_characters_is_taken(
    catalog: Catalog, tmp_path: Path, door: str
) -> None:
    path = tmp_path / "items.csv"
    path.write_text(f"item_id,title,description\ni1,a,x\ni2,b,{WORDS}\ni3,c,y\n")
    outcome = ALL_DOORS[door](catalog)("items", path)
    assert outcome.items == {"i1": "a", "i2": "b", "i3": "c"}, outcome.said
    if door in STORED:
        assert Item.objects.get(external_id="i2").description == WORDS


def test_case_98_empty_cells_leave_what_is_there_and_empty_texts(catalog: Catalog) -> None:
    """A column of the file is the item's value, also an empty one; other fields stay."""
    item = make_item(
        catalog, external_id="p1", title="Old", description="Old", provider="Old",
        categories=["Old"], language="en", attributes={"a": 1}, price=3,
    )  # fmt: skip
    said, failed = run("import_items", DATA / "64-empty-cells-overwrite" / "items.csv")
    assert not failed, said
    stored = fields_of(Item.objects.get(pk=item.pk))
    other = {"language": "en", "attributes": {"a": 1}, "price": 3}
    assert stored == {**EMPTY, **other}


EVENTS: dict[str, list[tuple[str, str, int, str, float | None, float | None]]] = {
    "33-kinds/log.csv": [
        ("u1", "i1", 0, "purchase", None, None),
        ("u1", "i2", 1, "view", None, None),
        ("u1", "i3", 2, "add_to_cart", None, None),
        ("u1", "i3", 2, "take", None, None),
        ("u1", "i3", 3, "take", None, None),
    ],
    "34-rating-col-named-rating/log.csv": [
        ("u1", "i1", 0, "rate", 5.0, None),
        ("u1", "i2", 1, "rate", 1.0, None),
    ],
    "35-quantity-col/log.csv": [("u1", "i1", 0, "take", None, 12.0)],
    "36-dup-events/log.csv": [
        ("u1", "i1", 0, "take", None, None),
        ("u1", "i1", 1, "take", None, None),
    ],
    "85-batch-capital/log.csv": [("u1", "i1", 0, "rate", 1.0, None)],
}


@pytest.mark.parametrize("door", STORED)
@pytest.mark.parametrize("file", EVENTS)
def test_events_have_every_value_of_their_file(catalog: Catalog, door: str, file: str) -> None:
    outcome = ALL_DOORS[door](catalog)("log", DATA / file)
    assert not outcome.failed, outcome.said
    assert events_of() == EVENTS[file]


def events_of() -> list[tuple[str, str, int, str, float | None, float | None]]:
    """Person, item, seconds after the start, kind, value, quantity; in order."""
    rows = Interaction.objects.select_related("profile", "item")
    return sorted(
        (
            row.profile.external_id or "",
            row.item.external_id,
            int(row.created_at.timestamp()) - START,
            row.kind,
            row.value,
            row.quantity,
        )
        for row in rows
    )


@pytest.fixture
def mugs(catalog: Catalog) -> Catalog:
    for item in ("i1", "i2", "i3", "3"):
        make_item(catalog, external_id=item)
    return catalog


def test_case_30_good_values_are_imported_and_bad_ones_named(mugs: Catalog) -> None:
    said, failed = run("import_interactions", DATA / "30-neg-zero-value" / "log.csv", "--skip-bad")
    assert not failed
    assert events_of() == [
        ("u1", "i1", 0, "take", -5.0, None),
        ("u1", "i2", 1, "take", 0.0, None),
    ]
    for line, value in ((4, "nan"), (5, "inf"), (6, "1e12")):
        assert f"line {line}: value: “{value}”" in said


def test_case_31_ratings_outside_the_scale_are_named(mugs: Catalog) -> None:
    log = DATA / "31-neg-zero-rating" / "log.csv"
    said, failed = run("import_interactions", log, "--kind", "rate")
    assert failed
    for line, value in ((2, "0"), (3, "-1"), (4, "7"), (5, ""), (6, "4,5"), (7, "100")):
        assert f"line {line}: value: “{value}”" in said
    assert not Interaction.objects.exists()


def test_case_61_an_unknown_item_is_skipped_or_created(mugs: Catalog) -> None:
    log = DATA / "149-log-cart" / "log.csv"
    said, failed = run("import_interactions", log, "--skip-bad")
    assert (failed, events_of()) == (False, [("u1", "i1", 0, "take", None, None)])
    assert "line 3: item_id: “new-item” is not in this catalogue" in said


def test_case_56_events_make_items(mugs: Catalog) -> None:
    log = DATA / "149-log-cart" / "log.csv"
    said, failed = run("import_interactions", log, "--create-items", "--dry-run")
    assert "1 items created without text" in said
    assert not mugs.items.filter(external_id="new-item").exists(), "a dry run writes nothing"
    said, failed = run("import_interactions", log, "--create-items")
    assert not failed
    assert events_of() == [
        ("u1", "i1", 0, "take", None, None),
        ("u1", "new-item", 1, "take", None, None),
    ]
    assert fields_of(mugs.items.get(external_id="new-item")) == EMPTY
    assert "1 items created without text" in said
    said, failed = run("import_interactions", log, "--create-items")
    assert "created without text" not in said
    assert mugs.items.count() == 5


def test_case_13_the_event_id_of_another_event_in_the_catalogue(mugs: Catalog) -> None:
    folder = DATA / "40b-event-id-other"
    assert not run("import_interactions", folder / "log.csv")[1]
    for options in (("--dry-run",), ()):
        said, failed = run("import_interactions", folder / "log2.csv", *options)
        assert failed
        assert "line 2: event_id: “e1” is already used by another event" in said
        assert events_of() == [("u1", "3", 0, "take", None, None)]
    said, failed = run("import_interactions", folder / "log2.csv", "--skip-bad")
    assert not failed
    assert [event[0] for event in events_of()] == ["u1", "u3"]
