"""Any bytes as a file, any rows out and in again."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.ingestion.file_readers import escape_formula
from catalog.models import Catalog, Item
from catalog.validation.field_readers import BadField, read_key
from config.errors import AppError
from recommender.training import file_datasets
from tests.cases.file_cases import BASE

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HEADERS = (b"", b"item_id,title\n", b"item_id;title\r\n", b'{"item_id": "a"}\n', b"[", b"\xff\xfe")
CONTENT = st.builds(
    lambda header, parts: header + b"".join(parts),
    st.sampled_from(HEADERS),
    st.lists(
        st.binary(max_size=40)
        | st.sampled_from([b'"', b",", b"\n", b"\r", b"a,b\n", b'\\"', b'{"item_id":1},', b"NaN"]),
        max_size=30,
    ),
)
NAMES = st.sampled_from(["x.csv", "x.tsv", "x.jsonl", "x.json", "x.csv.gz", "x.xlsx"])


@EXAMPLES
@given(name=NAMES, content=CONTENT)
def test_any_bytes_are_imported_whole_or_not_at_all(
    catalog: Catalog, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    Item.objects.all().delete()
    out = io.StringIO()
    try:
        call_command("import_items", "shop", str(path), stdout=out, stderr=out, verbosity=0)
    except CommandError:
        assert not Item.objects.exists()
    else:
        assert f"{Item.objects.count():,} new" in out.getvalue()


@EXAMPLES
@given(name=NAMES, content=CONTENT)
def test_any_bytes_give_a_batch_or_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for files in ({"items": path, "interactions": BASE / "log.csv"}, {"items": BASE / "items.csv"}):
        with suppress(AppError):
            file_datasets.load(**{"interactions": path, **files})


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"]), max_size=20)


def is_key(text: str) -> bool:
    try:
        return bool(read_key("item_id", text))
    except BadField:
        return False


IDS = TEXT.filter(lambda text: text.strip() and is_key(text) and not text.startswith("'"))
ROWS = st.dictionaries(IDS.filter(lambda text: not text.endswith(".0") and "E+" not in text), TEXT)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@EXAMPLES
@given(rows=ROWS.filter(bool))
def test_rows_that_are_written_come_back(
    catalog: Catalog, tmp_path: Path, form: str, rows: dict[str, str]
) -> None:
    Item.objects.all().delete()
    first = tmp_path / f"first.{form}"
    write(first, form, rows)
    call_command("import_items", "shop", str(first), verbosity=0, stdout=io.StringIO())
    stored = dict(Item.objects.values_list("external_id", "title"))
    assert set(stored) == {key.strip() for key in rows}
    second = tmp_path / f"second.{form}"
    write(second, form, stored)
    Item.objects.all().delete()
    call_command("import_items", "shop", str(second), verbosity=0, stdout=io.StringIO())
    assert dict(Item.objects.values_list("external_id", "title")) == stored


def write(path: Path, form: str, rows: dict[str, str]) -> None:
    if form == "jsonl":
        lines = [json.dumps({"item_id": key, "title": title}) for key, title in rows.items()]
        path.write_text("\n".join(lines), encoding="utf-8")
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["item_id", "title"])
        table.writerows([escape_formula(key), escape_formula(title)] for key, title in rows.items())
