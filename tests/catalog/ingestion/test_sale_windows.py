"""A sale window is checked with its stored other end, by API, bulk post and file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.ingestion.imports import import_items
from catalog.models import Catalog, Item
from tests.api_clients import Program, only_problem, writer
from tests.factories import make_item

MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))


@pytest.fixture
def api(catalog: Catalog) -> Program:
    make_item(catalog, external_id="mug", title="Mug", available_from=MAY, available_until=JULY)
    return writer(catalog)


def stored() -> tuple[datetime | None, datetime | None]:
    item = Item.objects.get(external_id="mug")
    return item.available_from, item.available_until


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("available_until", "2026-04-01T00:00:00Z", "must be after available_from, 2026-05-01"),
        ("available_until", "2026-05-01T00:00:00Z", "must be after available_from, 2026-05-01"),
        ("available_from", "2026-08-01T00:00:00Z", "must be before available_until, 2026-07-01"),
    ],
)
def test_one_end_is_checked_with_the_stored_other_end(
    api: Program, catalog: Catalog, tmp_path: Path, field: str, value: str, reason: str
) -> None:
    change = {"title": "Cup", field: value}
    problem = only_problem(api.send("patch", "items/mug", change, 400))
    assert problem[0] == field
    assert problem[2].startswith(reason)
    answer = api.post(
        "items/bulk", {"items": [{"item_id": "new"}, {"item_id": "mug", **change}]}, 207
    )
    assert (answer["created"], answer["updated"]) == (1, 0)
    assert [(each["row"], each["field"]) for each in answer["errors"]] == [(2, field)]
    file = tmp_path / "items.csv"
    file.write_text(f"item_id,title,{field}\nother,Jug,\nmug,Cup,{value}\n")
    for options in ({}, {"dry_run": True}, {"skip_bad": True}):
        report = import_items(catalog=catalog, path=file, **options)
        assert [(each.row, each.field) for each in report.errors] == [(3, field)]
        assert (report.created, report.updated, report.bad) == (1, 0, 1)
    assert stored() == (MAY, JULY)
    assert Item.objects.get(external_id="mug").title == "Mug"


@pytest.mark.parametrize(
    ("change", "window"),
    [
        ({"available_until": "2026-06-01T00:00:00Z"}, (MAY, JUNE)),
        ({"available_from": "2026-06-01T00:00:00Z"}, (JUNE, JULY)),
        ({"available_until": None}, (MAY, None)),
        (
            {"available_from": "2026-07-01T00:00:00Z", "available_until": None},
            (JULY, None),
        ),
    ],
)
def test_what_goes_with_the_other_end_is_stored(
    api: Program, change: dict[str, Any], window: tuple[datetime | None, datetime | None]
) -> None:
    api.send("patch", "items/mug", change)
    assert stored() == window


def test_a_wrong_window_that_is_stored_already_does_not_block_other_fields(
    api: Program, catalog: Catalog
) -> None:
    Item.objects.update(available_from=JULY, available_until=MAY)
    api.send("patch", "items/mug", {"title": "Cup"})
    assert Item.objects.get(external_id="mug").title == "Cup"
