from __future__ import annotations

import gc
import gzip
import json
from pathlib import Path

import pytest

from catalog.ingestion import import_runs
from catalog.ingestion.imports import import_interactions, import_items
from catalog.models import Catalog, Interaction, Item
from config.errors import AppError
from tests.catalog.ingestion.files import ITEMS, LOG, Write


@pytest.mark.parametrize("name", ["items.csv", "items.csv.gz", "ITEMS.CSV"])
def test_items_are_imported_from_csv(catalog: Catalog, write: Write, name: str) -> None:
    report = import_items(catalog=catalog, path=write(name, ITEMS))
    assert (report.rows, report.created, report.updated, report.bad, report.written) == (
        2,
        2,
        0,
        0,
        True,
    )
    assert Item.objects.get(external_id="a").category_names == ["Kitchen", "Mugs"]
    assert Item.objects.get(external_id="b").title == "茶杯"


@pytest.mark.parametrize("name", ["items.jsonl", "items.jsonl.gz"])
def test_items_are_imported_from_json_lines(catalog: Catalog, write: Write, name: str) -> None:
    rows = [
        {
            "item_id": "a",
            "title": "Mug",
            "categories": ["Mugs"],
            "attributes": {"price": 2},
            "available": False,
        },
        {"item_id": "b", "language": "zh-hans", "provider": "窑", "created_at": "2020-01-02"},
    ]
    text = "\n".join(json.dumps(row) for row in rows) + "\n\n"
    assert import_items(catalog=catalog, path=write(name, text)).created == 2
    mug, cup = Item.objects.order_by("external_id")
    assert (mug.attributes, mug.available, mug.category_names) == ({"price": 2}, False, ["Mugs"])
    assert (cup.language, cup.provider, cup.created_at.isoformat()) == (
        "zh-hans",
        "窑",
        "2020-01-02T00:00:00+00:00",
    )


def test_importing_items_again_changes_them(catalog: Catalog, write: Write) -> None:
    import_items(catalog=catalog, path=write("items.csv", ITEMS))
    report = import_items(catalog=catalog, path=write("more.csv", "item_id,title\na,New\n"))
    assert (report.created, report.updated) == (0, 1)
    item = Item.objects.get(external_id="a")
    assert (item.title, item.description, item.category_names) == (
        "New",
        "Holds tea",
        ["Kitchen", "Mugs"],
    )


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
def test_importing_a_log_again_adds_nothing(mugs: Catalog, write: Write, name: str) -> None:
    path = write(name, LOG)
    first, second = (import_interactions(catalog=mugs, path=path) for _turn in range(2))
    assert (first.created, first.repeated, second.created, second.repeated) == (3, 0, 0, 3)
    rows = list(
        Interaction.objects.order_by("created_at").values_list(
            "profile__external_id", "kind", "value"
        )
    )
    assert rows == [("ann", "take", 2.0), ("bob", "take", None), ("ann", "take", 1.0)]


def test_a_changed_row_is_another_event(mugs: Catalog, write: Write) -> None:
    import_interactions(catalog=mugs, path=write("log.csv", LOG))
    assert (
        import_interactions(
            catalog=mugs, path=write("log.csv", LOG.replace("0,2,", "0,5,"))
        ).created
        == 1
    )


def test_json_lines_may_name_kind_and_event(mugs: Catalog, write: Write) -> None:
    row = {
        "user_id": "ann",
        "item_id": "m0",
        "kind": "rate",
        "value": 4.5,
        "timestamp": 1600000000,
        "event_id": "e",
    }
    import_interactions(catalog=mugs, path=write("log.jsonl", json.dumps(row)))
    event = Interaction.objects.get()
    assert (event.kind, event.value, event.event_id) == ("rate", 4.5, "e")


def test_order_numbers_preserve_the_order(mugs: Catalog, write: Write) -> None:
    text = "user_id,item_id,timestamp\nann,m2,3\nann,m0,1\nann,m1,2\n"
    import_interactions(catalog=mugs, path=write("log.csv", text), kind="view")
    rows = Interaction.objects.order_by("created_at")
    assert [row.item.external_id for row in rows] == ["m0", "m1", "m2"]
    assert {row.kind for row in rows} == {"view"}


BAD_LOG = """user_id,item_id,value,timestamp,kind
ann,m0,1,1600000000,take
ann,nowhere,1,1600000000,take
ann,m1,-1,1600000000,like
,m1,1,1600000000,take
ann,m1,1,yesterday,take
ann,m1,1,-5,take
ann,m1,1,,take
ann,m1,7,1600000000,rate
ann,m1,1,1600000000,abandoned
ann,m1,1
ann,m1,1,99999999999,take
ann,m2,1,1600000000,
"""

BAD_LINES = [
    (3, "item_id", "nowhere"),
    (4, "value", "-1"),
    (5, "user_id", ""),
    (6, "timestamp", "yesterday"),
    (7, "timestamp", "-5"),
    (8, "timestamp", ""),
    (9, "value", "7"),
    (10, "kind", "abandoned"),
    (11, "line", "ann,m1,1"),
    (12, "timestamp", "99999999999"),
]


def test_a_bad_log_changes_nothing_and_every_bad_line_is_listed(
    mugs: Catalog, write: Write
) -> None:
    report = import_interactions(catalog=mugs, path=write("log.csv", BAD_LOG))
    assert [(error.row, error.field, error.value) for error in report.errors] == BAD_LINES
    assert all(error.reason for error in report.errors)
    assert (report.rows, report.bad, report.written) == (12, 10, False)
    assert not Interaction.objects.exists()


def test_skipping_writes_the_good_rows(mugs: Catalog, write: Write) -> None:
    report = import_interactions(catalog=mugs, path=write("log.csv", BAD_LOG), skip_bad=True)
    assert (report.created, report.bad, report.written) == (2, 10, True)
    assert Interaction.objects.count() == 2


def test_a_dry_run_changes_nothing(mugs: Catalog, write: Write) -> None:
    report = import_interactions(catalog=mugs, path=write("log.csv", LOG), dry_run=True)
    items = import_items(
        catalog=mugs, path=write("items.csv", "item_id\nm0\nnew\n"), dry_run=True, skip_bad=True
    )
    assert (report.created, report.written, Interaction.objects.count()) == (3, False, 0)
    assert (items.created, items.updated, items.unchanged) == (1, 0, 1)
    assert Item.objects.count() == 3


def test_an_item_twice_in_a_file_is_an_error_across_portions(
    catalog: Catalog, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "PORTION", 2)
    text = "item_id,title\na,1\nb,2\nc,3\na,4\n"
    report = import_items(catalog=catalog, path=write("items.csv", text))
    assert [(error.row, error.field, error.value) for error in report.errors] == [
        (5, "item_id", "a")
    ]
    assert "2" in report.errors[0].reason
    assert (report.rows, Item.objects.count()) == (4, 0)


def test_line_numbers_are_right_after_cells_with_several_lines(
    catalog: Catalog, write: Write
) -> None:
    text = 'item_id,description\na,"one\ntwo\nthree"\n\n,x\n'
    report = import_items(catalog=catalog, path=write("items.csv", text))
    assert [(error.row, error.field) for error in report.errors] == [(6, "item_id")]


def test_only_the_first_errors_are_reported(catalog: Catalog, write: Write) -> None:
    rows = "".join(f"i{number},maybe\n" for number in range(60))
    report = import_items(catalog=catalog, path=write("items.csv", f"item_id,available\n{rows}"))
    assert (len(report.errors), report.bad) == (20, 60)


def test_broken_json_is_a_bad_line(catalog: Catalog, write: Write) -> None:
    text = '{"item_id": "a"}\n{"item_id": \n[1]\n{"item_id": "b"}\n'
    report = import_items(catalog=catalog, path=write("items.jsonl", text), skip_bad=True)
    assert [(error.row, error.field) for error in report.errors] == [(2, "line"), (3, "line")]
    assert report.created == 2


@pytest.mark.parametrize(
    ("name", "content", "line", "part"),
    [
        ("log.csv", "", 1, "is empty"),
        ("log.csv", "user_id,item_id,timestamp\n", None, "no rows"),
        ("log.csv.gz", "", 1, "is empty"),
        ("log.jsonl", "", 1, "is empty"),
        ("log.csv", "who,what,timestamp\n1,2,3\n", 1, "user_id, item_id"),
        ("log.csv", "user_id,item_id,timestamp,user_id\n", 1, "twice"),
        ("log.csv.gz", gzip.compress(LOG.encode() * 500)[:-60], None, "gzip"),
        ("log.csv.gz", b"plain text", 1, "gzip"),
        ("log.parquet", b"PAR1", None, "is a Parquet file"),
        ("log.doc", b"user_id", None, "must end in"),
    ],
)
def test_an_unreadable_file_is_reported_with_line_and_reason(
    mugs: Catalog, write: Write, name: str, content: str | bytes, line: int | None, part: str
) -> None:
    path = write(name, content)
    with pytest.raises(AppError) as caught:
        import_interactions(catalog=mugs, path=path)
    assert (caught.value.code, caught.value.details["field"]) == ("bad_file", "file")
    assert part in str(caught.value)
    assert str(path) in str(caught.value)
    if line is not None:
        assert caught.value.details["line"] == line
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "line", "part"),
    [
        ("log.csv", LOG.encode() + "chloé,m0,1,1\nann,m0,1,é\n".encode(), 6, "ISO 8601"),
        ("log.csv", (LOG + "é,m0,1,1\n" * 2).encode() + b"ann,m0,1,\xff\n", 7, "UTF-8"),
        ("log.csv", LOG + 'ann,"m0,1,1\nbob,m0,1,1600000000\n', 5, "CSV"),
    ],
)
def test_an_unreadable_line_is_one_bad_row(
    mugs: Catalog, write: Write, name: str, content: str | bytes, line: int, part: str
) -> None:
    path = write(name, content)
    report = import_interactions(catalog=mugs, path=path)
    found = {error.row: error.reason for error in report.errors}
    assert part in found[line]
    assert not Interaction.objects.exists()


def test_a_missing_file_is_reported(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="No such file"):
        import_items(catalog=catalog, path=tmp_path / "nowhere.csv")


def test_a_byte_order_mark_is_not_part_of_the_header(catalog: Catalog, write: Write) -> None:
    assert (
        import_items(
            catalog=catalog, path=write("items.csv", b"\xef\xbb\xbf" + ITEMS.encode())
        ).created
        == 2
    )


def test_the_number_of_queries_grows_with_portions_not_rows(
    mugs: Catalog, write: Write, django_assert_max_num_queries
) -> None:
    rows = "".join(f"u{number % 7},m{number % 3},1,{number}\n" for number in range(100))
    path = write("log.csv", f"user_id,item_id,value,timestamp\n{rows}")
    with django_assert_max_num_queries(17):
        assert import_interactions(catalog=mugs, path=path).created == 100


def test_many_portions_write_what_one_batch_writes(
    mugs: Catalog, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that are remembered between portions change nothing."""
    lines = [f"u{at % 3},m{at % 2},{1_700_000_000 + at},e{at % 10}" for at in range(12)]
    text = "\n".join(["user_id,item_id,timestamp,event_id", *lines]) + "\n"
    columns = ("profile__external_id", "item_id", "kind", "created_at", "event_id", "catalog_id")
    found = []
    for portion in (5_000, 2):
        Interaction.objects.all().delete()
        monkeypatch.setattr(import_runs, "PORTION", portion)
        report = import_interactions(catalog=mugs, path=write("log.csv", text), skip_bad=True)
        rows = Interaction.objects.order_by("created_at", "event_id").values_list(*columns)
        found.append((report.created, report.repeated, report.errors, list(rows)))
    assert found[0] == found[1]
    assert found[0][0] == 10
    assert gc.isenabled()


@pytest.mark.django_db(transaction=True)
def test_an_item_deleted_between_two_portions_is_named(
    mugs: Catalog, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "PORTION", 1)
    path = write("log.csv", "user_id,item_id,timestamp\nu,m0,1700000000\nu,m0,1700000001\n")
    report = import_interactions(
        catalog=mugs, path=path, progress=lambda _report: Item.objects.all().delete(), skip_bad=True
    )
    assert (report.created, report.bad) == (1, 1)
    assert "is not in this catalogue" in report.errors[0].reason
