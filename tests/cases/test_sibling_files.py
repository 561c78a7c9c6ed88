"""More files of the kinds of `file_cases`, written here: the same outcome through every door."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from catalog.models import Catalog
from tests.cases.doors import ALL_DOORS

WHEN = 1_700_000_000
LOG = "user_id,item_id,timestamp\n"
EVENT = '{"user_id": "%s", "item_id": "i1", "timestamp": 1700000000}'
ONE = [("u1", "i1", WHEN)]
TWO = [("u1", "i1", WHEN), ("u2", "i1", WHEN)]
Sibling = tuple[str, str | bytes, dict[str, str] | list[tuple[str, str, int]] | None, str]
"""File name (log… holds events), content, rows or None for rejected, part of what is said."""


def log(*cells: str, column: str = "user_id") -> str:
    """A log with one row for each cell, the other columns plain."""
    plain = {"user_id": "u1", "item_id": "i1", "timestamp": str(WHEN)}
    return LOG + "".join(",".join({**plain, column: cell}.values()) + "\n" for cell in cells)


def workbook(*sheets: list[list[object]]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file.getvalue()


STRANGE = ("1e5", "a/b", "'a'", "C:\\Users\\x", "👨\u200d👩\u200d👧", "..", "1-Jan")


def ods() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return file.getvalue()


IDS: list[Sibling] = [
    (f"log-word-{number}.csv", log(word), None, "line 2: user_id")
    for number, word in enumerate((
        "NA", "#NA", "-nan", "nil", "<nil>", "(null)", "<null>", "[null]", "1.#IND", "inf",
        "Infinity", "-inf", "#VALUE!", "#REF!", "#NAME?", "#DIV/0!", "NULL", "NaT", "n/a",
    ))
] + [
    (f"log-u{ord(char):x}.csv", log(f"u{char}1"), None, f"line 2: user_id: “u{char}1”")
    for char in "\u200c\u200d\u2028\u180e\u3164\u115f\ufeff\u2060"
] + [
    ("log-joiner-at-the-end.csv", log("李\u200d"), None, "U+200D"),
    (
        "log-strange-ids.csv",
        log(*STRANGE, '"a""b"', " 007 ", "\u00a0u1\u3000"),
        sorted((user, "i1", WHEN) for user in (*STRANGE, 'a"b', "007", "u1")),
        "",
    ),
    ("log-long-id.csv", log("x" * 255), [("x" * 255, "i1", WHEN)], ""),
    ("log-longer-id.csv", log("x" * 256), None, "line 2: user_id"),
    ("log-excel-id.csv", log("1.23E+12"), None, "rounded by a spreadsheet"),
    ("log-pandas-id.csv", log("1.23e+12"), None, "rounded by a spreadsheet"),
    (
        "log-excel-id.xlsx",
        workbook([LOG[:-1].split(","), [1.234567890123457e18, "i1", WHEN]]),
        None,
        "rounded by a spreadsheet",
    ),
    (
        "items-text-formula.csv",
        'item_id,title\n"=""001""","=""Red, mug"""\n="002",b\n',
        {"001": "Red, mug", "002": "b"},
        "(3)",
    ),
    ("items-guarded-text.csv", "item_id,title\ni1,'=\"a\"\n", {"i1": '="a"'}, ""),
]  # fmt: skip
DAYS = [(f"u{at}", "i1", 19_723 * 86_400) for at in (1, 2)]
TIMES: list[Sibling] = [
    ("log-day-month.csv", log("31/12/2023", column="timestamp"), None, "--time-format"),
    ("log-day-month2.csv", log("01.02.2024", column="timestamp"), None, "--time-format"),
    ("log-ddmmyyyy.csv", log("31122023", "1012024", column="timestamp"), None, "line 3: timestamp"),
    ("log-mmddyyyy.csv", log("12312023", "01012024", column="timestamp"), None, "line 2: timestam"),
    ("log-yymmdd.csv", log("240131", "240201", column="timestamp"), None, "looks like a date"),
    ("log-yyyyddd.csv", log("2024001", "2024366", column="timestamp"), None, "looks like a date"),
    ("log-unix-days.csv", log("19723", "19724", column="timestamp"), None, "a number of days"),
    ("log-clock.csv", log("2024-01-01 01:00 PM", column="timestamp"), None, "01:00 PM"),
    ("log-zone.csv", log("2024-01-01 01:00 PST", column="timestamp"), None, "01:00 PST"),
    ("log-week.csv", log("2024-W01-1", column="timestamp"), [("u1", "i1", 19_723 * 86_400)], ""),
    ("log-ms.csv", log("1700000000123", column="timestamp"), None, "milliseconds"),
    ("log-us.csv", log("1.7E+15", column="timestamp"), None, "microseconds"),
    ("log-zero-date.csv", log("0000-00-00 00:00:00", column="timestamp"), None, "0000-00-00"),
    ("log-comma.csv", log('"1,700,000,000"', column="timestamp"), None, "1,700,000,000"),
    ("log-order.csv", log("1", "2", column="timestamp"), [("u1", "i1", 1), ("u1", "i1", 2)], ""),
]
LINES: list[Sibling] = [
    ("log-mixed-ends.csv", f"{LOG[:-1]}\r\nu1,i1,{WHEN}\nu2,i1,{WHEN}\r", TWO, ""),
    ("log-blank-end.csv", log("u1") + "\n  \n\t\n\n", ONE, ""),
    ("log-dos-end.csv", log("u1") + "\x1a", ONE, ""),
    ("log-blank-start.csv", "\n \n" + log("u1"), ONE, ""),
    ("log-twice.csv", log("u1") + log("u2"), None, "line 3: line: “user_id,item_id,timestamp” rep"),
    ("log-twice-bom.csv", "\ufeff" + log("u1") + "\ufeff" + log("u2"), None, "line 3: line: “"),
    ("items-twice.csv", "item_id,title\ni1,a\nitem_id,title\ni2,b\n", None, "line 3: line"),
    ("log-comment.csv", log("u1") + "# a comment\n", None, "line 3: line: “# a comment”"),
    ("items-space-quote.csv", 'item_id, "title"\ni1, "Red, mug"\n', {"i1": "Red, mug"}, ""),
    ("items-single.csv", "'item_id','title'\n'i1','a'\n", None, "line 1: the header's names"),
    ("items-curly.csv", "“item_id”,“title”\n“i1”,“a”\n", None, "line 1: the header's names"),
    (
        "log-spaced-head.csv",
        log("u1").replace(LOG, " User ID ,ITEM-ID ,\u00a0Timestamp\n"),
        ONE,
        "",
    ),
    ("log-alias.csv", log("u1").replace("item_id", "sku,product"), None, "“sku” and “product”"),
    ("log-colons.csv", log("u1").replace(",", ":"), None, "--delimiter"),
    ("items-excel-error.csv", "item_id,title\ni1,#NAME?\n", None, "line 2: title: “#NAME?”"),
    ("items-guarded.csv", "item_id,title\ni1,'#NAME?\n", {"i1": "#NAME?"}, ""),
    ("items-unclosed.csv", 'item_id,title\ni1,a\ni2,"b\n', None, "line 3"),
]
CONTAINERS: list[Sibling] = [
    ("log-16le.csv", log("u1").encode("utf-16-le"), ONE, "utf-16-le, a guess"),
    ("log-32le.csv", log("u1").encode("utf-32-le"), ONE, "utf-32-le, a guess"),
    ("log-2.csv.gz", gzip.compress(gzip.compress(log("u1").encode())), None, "gzip twice"),
    ("log-bz.csv", bz2.compress(log("u1").encode()), None, "bzip2"),
    ("log-xz.csv.gz", lzma.compress(log("u1").encode()), None, "xz"),
    ("log-parquet.csv", b"PAR1" + b"\x15\x00" * 20, None, "Parquet"),
    ("log-office.ods", ods(), None, "an OpenDocument file"),
    ("log-page.csv", "<!DOCTYPE html>\n<html><body>Sign in</body></html>", None, "an HTML page"),
    ("items-page.csv", "<html><body>Sign in</body></html>", None, "an HTML page"),
    ("log-sheets.xlsx", workbook([LOG[:-1].split(","), ["u1", "i1", WHEN]], [["x"]]), ONE, "s1"),
    ("log-no-sheet.xlsx", workbook([], [["user_id"]]), None, "first sheet, “s1”, is empty"),
]
JSONS: list[Sibling] = [
    ("log-cut.json", "[" + EVENT % "u1" + "," + EVENT % "u2", None, "does not end with ]"),
    ("log-two.json", f"[{EVENT % 'u1'}][{EVENT % 'u2'}]", None, "after the ]"),
    ("log-names.json", "[{user_id: 'u1'}]", None, "line 1: line: “{user_id: 'u1'}"),
    ("log-cut-object.json", f'[{EVENT % "u1"}, {{"user_id": ', None, "does not end with ]"),
    ("log-comma.json", f"[{EVENT % 'u1'},]\n", ONE, ""),
    ("log-commas.jsonl", f"{EVENT % 'u1'},\n{EVENT % 'u2'},\n", TWO, ""),
    ("log-pretty.jsonl", json.dumps(json.loads(EVENT % "u1"), indent=2) + "\n", ONE, ""),
    ("log-wrapped.json", '{"data": [%s], "next": null}' % (EVENT % "u1"), None, "“data” is a list"),
    (
        "log-wrapped-pretty.json",
        json.dumps({"data": [json.loads(EVENT % "u1")]}, indent=2),
        None,
        "“data” is a list",
    ),
    ("log-nested.json", f"[{EVENT}]".replace('"%s"', '{"id": 1}'), None, "line 1: user_id"),
    ("log-rows.json", '[["user_id", "item_id"], ["u1", "i1"]]', None, "must be a JSON object"),
    ("log-long-number.jsonl", EVENT.replace('"%s"', "9007199254740993"),
     [("9007199254740993", "i1", WHEN)], ""),
]  # fmt: skip
SIBLINGS = [*IDS, *TIMES, *LINES, *CONTAINERS, *JSONS]


@pytest.mark.parametrize("door", ALL_DOORS)
@pytest.mark.parametrize(
    ("name", "content", "rows", "said"), SIBLINGS, ids=[sibling[0] for sibling in SIBLINGS]
)
def test_a_sibling_gives_its_rows_or_its_message(
    catalog: Catalog, tmp_path: Path, door: str, name: str, content: str | bytes, rows, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    holds = "log" if name.startswith("log") else "items"
    outcome = ALL_DOORS[door](catalog)(holds, path)
    is_hidden = door == "admin" and "user_id: " in said  # ids of people are not stored
    assert (said.partition("user_id: ")[0] if is_hidden else said) in outcome.said
    assert outcome.failed == (rows is None), outcome.said
    found = outcome.events if holds == "log" else outcome.items
    assert found == (rows if rows is not None else type(found)())
