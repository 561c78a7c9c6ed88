"""Exports open harmlessly in a spreadsheet, and an import gives the same rows."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog.admin.export_formats import EXPORT_FORMATS
from catalog.admin.item_files import InteractionResource, ItemResource
from catalog.ingestion.bulk_writes import record_interactions, upsert_items
from catalog.ingestion.imports import import_interactions, import_items
from catalog.ingestion.reading.formulas import escape_formula, unescape_formula
from catalog.models import Catalog, Interaction, Item
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_catalog, make_interaction, make_item, make_profile

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1"]
#: What a stored text can be: no NUL and no half of a pair, and nothing that Excel cannot hold.
CHARACTERS = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\n\t", exclude_characters="<>&"
)
TEXTS = st.one_of(
    st.text(CHARACTERS, max_size=30),
    st.sampled_from(
        [*FORMULAS, "NULL", "\\N", "'=1", "''", "'NULL", "12.0", "1E+05", "'12.0", "nan"]
    ),
)
KEYS = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=20).filter(str.strip),
    st.sampled_from([*FORMULAS, "12.0", "0012", "1E+05", "'7", "a/b?c#d"]),
)
ROWS = st.fixed_dictionaries(
    {"item_id": KEYS},
    optional={
        "title": TEXTS,
        "description": TEXTS,
        "provider": TEXTS,
        "categories": st.lists(st.text("abc|[]\"' =-", min_size=1, max_size=8), max_size=3),
        "attributes": st.dictionaries(st.text("ab=", max_size=3), TEXTS, max_size=2),
        "available": st.booleans(),
        "price": st.decimals(0, 9999, places=2).map(str),
        "stock": st.integers(0, 99),
        "group": TEXTS,
    },
)


class File(io.BytesIO):
    name = ""


def exported(format_class: Any, resource: Any, rows: Any) -> File:
    content = format_class().export_data(resource.export(rows))
    file = File(content if isinstance(content, bytes) else content.encode())
    file.name = f"export.{format_class().get_extension()}"
    return file


def items_of(catalog: Catalog) -> list[Any]:
    fields = ("external_id", "title", "description", "provider", "attributes", "available",
              "price", "stock", "group")  # fmt: skip
    return sorted(
        (*(getattr(item, field) for field in fields), item.category_names, item.created_at)
        for item in catalog.items.all()
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("format_class", EXPORT_FORMATS)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, min_size=1, max_size=4))
def test_any_items_come_back_unchanged(format_class: Any, rows: list[dict[str, Any]]) -> None:
    first, second = make_catalog(), make_catalog()
    upsert_items(catalog=first, rows=rows)
    if not first.items.exists():
        return
    file = exported(format_class, ItemResource(), Item.objects.filter(catalog=first))
    report = import_items(catalog=second, path=file)
    assert not report.errors
    assert str(items_of(second)) == str(items_of(first))


@pytest.mark.django_db
@pytest.mark.parametrize("format_class", EXPORT_FORMATS)
def test_events_come_back_unchanged(format_class: Any) -> None:
    first, second = make_catalog(), make_catalog()
    for catalog in (first, second):
        for item_id in ("=1", "12.0"):
            make_item(catalog, external_id=item_id)
    rows = [
        {"user_id": "@ann", "item_id": "=1", "kind": "rate", "value": 4.5, "event_id": "-7"},
        {"user_id": "12.0", "item_id": "12.0", "kind": "take", "value": 2, "quantity": 3},
        {"user_id": "bob", "item_id": "=1", "kind": "view", "created_at": "2024-05-01T10:00:00Z"},
    ]
    assert not record_interactions(catalog=first, rows=rows).errors
    make_interaction(make_profile(first, external_id=None), first.items.first())
    file = exported(format_class, InteractionResource(), Interaction.objects.filter(catalog=first))
    assert not import_interactions(catalog=second, path=file).errors
    columns = (
        "profile__external_id",
        "item__external_id",
        "kind",
        "value",
        "quantity",
        "created_at",
    )
    for catalog in (first, second):
        found = catalog.interactions.filter(profile__external_id__isnull=False)
        assert found.count() == 3
    assert set(second.interactions.values_list(*columns)) == set(
        first.interactions.filter(profile__external_id__isnull=False).values_list(*columns)
    )


@given(cell=TEXTS, is_id=st.booleans())
@settings(max_examples=300)
def test_an_escaped_cell_is_harmless_and_comes_back(cell: str, is_id: bool) -> None:
    escaped = escape_formula(cell, is_id=is_id)
    assert escaped[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert unescape_formula(escaped) == cell


@pytest.mark.django_db
def test_the_pages_exports_run_nothing_in_a_spreadsheet(catalog: Catalog) -> None:
    for number, formula in enumerate(FORMULAS):
        make_item(catalog, external_id=f"i{number}", title=formula, provider=formula)
    owner = people.owner()
    fields = {f"itemresource_{name}": "on" for name in ("item_id", "title", "provider")}
    text = owner.post(page_of("item_export"), {"format": 0, "resource": 0, **fields}).content
    cells = [cell for row in csv.reader(io.StringIO(text.decode())) for cell in row]
    assert [cell for cell in cells if cell[:1] in "=+-@\t" and cell] == []
    book = owner.post(page_of("item_export"), {"format": 2, "resource": 0, **fields}).content
    sheet = load_workbook(io.BytesIO(book)).active
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


@pytest.mark.django_db
def test_what_excel_cannot_hold_is_said(catalog: Catalog) -> None:
    make_item(catalog, external_id="long", description="x" * 40_000)
    answer = people.owner().post(page_of("item_export"), {"format": 2, "resource": 0})
    assert "too long for Excel" in answer.content.decode()
