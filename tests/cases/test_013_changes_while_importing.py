"""Case 13: what only the database finds, since the catalogue changed after the check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from catalog.ingestion import import_runs, imports
from catalog.models import Catalog, FileImport, Interaction, Item
from tests.cases.doors import ALL_DOORS, run
from tests.factories import make_interaction, make_item, make_profile

LOG = "user_id,item_id,timestamp,event_id\nu1,i1,1700000000,e1\nu1,i2,1700000001,e2\n"


@pytest.fixture
def log(catalog: Catalog, tmp_path: Path) -> Path:
    for item in ("i1", "i2"):
        make_item(catalog, external_id=item)
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


def before_writing(monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    """Have something happen after the check of a log and before its first row is written."""
    write = imports.record_interactions

    def changed(**arguments: Any) -> Any:
        change()
        return write(**arguments)

    monkeypatch.setattr(imports, "record_interactions", changed)


def delete_item() -> None:
    Item.objects.filter(external_id="i2").delete()


def take_event_id() -> None:
    catalog = Catalog.objects.get()
    item = Item.objects.get(external_id="i1")
    if not Interaction.objects.filter(event_id="e2").exists():
        make_interaction(make_profile(catalog, external_id="other"), item, event_id="e2")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (delete_item, "line 3: item_id: “i2” is not in this catalogue"),
        (take_event_id, "line 3: event_id: “e2” is already used by another event"),
    ],
)
def test_nothing_is_half_written(
    log: Path, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    before_writing(monkeypatch, change)
    text, failed = run("import_interactions", log)
    assert failed
    assert said in text
    assert "Nothing was changed" in text
    assert not Interaction.objects.filter(profile__external_id="u1").exists()


def test_of_a_long_file_the_rows_before_are_named(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "PORTION", 1)
    log.write_text(LOG + "u1,i1,1700000002,e3\n")
    before_writing(monkeypatch, delete_item)
    text, failed = run("import_interactions", log)
    assert failed
    assert "line 3: item_id: “i2”" in text
    assert "1 new" in text
    assert "from line 3 on nothing was written" in text
    assert list(Interaction.objects.values_list("event_id", flat=True)) == ["e1"]


def test_skipping_goes_on_past_it(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before_writing(monkeypatch, delete_item)
    text, failed = run("import_interactions", log, "--skip-bad")
    assert not failed
    assert "line 3: item_id: “i2”" in text
    assert list(Interaction.objects.values_list("event_id", flat=True)) == ["e1"]


def test_an_error_of_the_database_is_reported(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DatabaseError("value too long")

    before_writing(monkeypatch, fail)
    text, failed = run("import_interactions", log)
    assert failed
    assert "rejected the lines 2 to 3 (value too long)" in text
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("portion", "state", "said", "left"),
    [(5_000, "checked", "nothing was changed", 0), (1, "failed", "From line 3 on nothing", 1)],
)
def test_the_admin_tells_it(
    catalog: Catalog,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
    portion: int,
    state: str,
    said: str,
    left: int,
) -> None:
    monkeypatch.setattr(import_runs, "PORTION", portion)
    monkeypatch.setattr("tests.cases.doors.LOG_ITEMS", ())
    before_writing(monkeypatch, delete_item)
    with pytest.raises(AssertionError, match="the check and the write disagree"):
        ALL_DOORS["admin"](catalog)("log", log)
    found = FileImport.objects.get()
    assert (found.state, Interaction.objects.count()) == (state, left)
    assert said in found.message
    assert [error["row"] for error in found.errors] == [3]
