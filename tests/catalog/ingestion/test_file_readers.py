"""The reader alone: encodings, separators, headers, broken rows, JSON, Excel, times."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from catalog.ingestion.file_readers import (
    INTERACTIONS,
    ITEMS,
    BadLine,
    ReadOptions,
    Rows,
    escape_formula,
    read_rows,
    unescape_formula,
)
from config.errors import AppError


class Upload(io.BytesIO):
    """An open file with a name, as the admin gets it."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def read(content: str | bytes, name: str = "items.csv", kind=ITEMS, **options) -> Rows:
    data = content.encode() if isinstance(content, str) else content
    return read_rows(Upload(name, data), kind, ReadOptions(**options))


def good(rows: Rows) -> list[dict]:
    return [dict(line.row) for line in rows if not isinstance(line.row, BadLine)]


def bad(rows: Rows) -> list[tuple[int, str]]:
    return [(line.number, line.row.field) for line in rows if isinstance(line.row, BadLine)]


TEXTS = {
    "gb18030": "数据分析入门，机器学习",
    "big5": "資料分析與機器學習的入門書",
    "windows-1252": "Café crème für Gäste",
    "cp1251": "Привет красная чашка и чайник",
    "euc_kr": "데이터 분석 입문 머그컵",
    "cp932": "データ分析の入門とマグカップ",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_an_encoding_is_guessed_and_said(encoding):
    rows = read(f"item_id,title\ni1,{TEXTS[encoding]}\n".encode(encoding))
    assert good(rows) == [{"item_id": "i1", "title": TEXTS[encoding]}]
    assert encoding in rows.notices[0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "utf-32"])
def test_wide_encodings_are_found(encoding):
    rows = read("item_id,title\ni1,红色杯子\ni2,b\n".encode(encoding))
    assert [row["title"] for row in good(rows)] == ["红色杯子", "b"]


def test_a_chosen_encoding_is_used_and_an_unknown_one_is_named():
    content = "item_id,title\ni1,Łódź\n".encode("cp1250")
    assert good(read(content, encoding="cp1250"))[0]["title"] == "Łódź"
    with pytest.raises(AppError, match="--encoding martian"):
        read(content, encoding="martian")


def test_one_damaged_line_of_a_utf8_file_is_bad_and_the_others_are_read():
    lines = ["item_id,title", *(f"i{n},café {n}" for n in range(5))]
    content = "\n".join(lines).encode() + b"\nbad,caf\xe9\nlast,th\xc3\xa9\n"
    rows = read(content)
    assert bad(rows) == [(7, "line")]
    assert len(good(rows)) == 6
    assert rows.notices == []


@pytest.mark.parametrize(
    ("text", "lines", "ids"),
    [
        ('a,"x\nb,y\nc,"z"\n', [2], ["b", "c"]),
        ('a,x\nb,"y\nc,z\nd,w\n', [3], ["a", "c", "d"]),
        ('a,"x"y\nb,"y"\n', [2], ["b"]),
        ('a,"x\nb,1\nc,2\nd,3\ne,4\nf,5"\ng,6\n', [2], ["b", "c", "d", "e", "f", "g"]),
    ],
)
def test_a_broken_quote_costs_its_line_only(text, lines, ids):
    rows = read(f"item_id,title\n{text}")
    assert [number for number, _field in bad(rows)][:1] == lines
    assert [row["item_id"] for row in good(rows)] == ids


def test_long_cells_are_read_and_a_longer_line_is_one_bad_row():
    rows = read(f"item_id,description\na,{'word ' * 40_000}\nb,{'x' * 10_000_001}\nc,y\n")
    assert [row["item_id"] for row in good(rows)] == ["a", "c"]
    assert bad(rows) == [(3, "line")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(mark, end):
    rows = read(end.join([f"Product ID{mark}Name", f"p1{mark}Mug", ""]))
    assert good(rows) == [{"item_id": "p1", "title": "Mug"}]
    assert bool(rows.notices) == (mark != ",")


def test_a_separator_of_two_characters_and_no_header():
    rows = read(
        "1::10::5::978300760\n",
        "ratings.dat",
        INTERACTIONS,
        delimiter="::",
        columns=("user_id", "item_id", "value", "timestamp"),
    )
    expected = {"user_id": "1", "item_id": "10", "value": "5", "timestamp": "978300760"}
    assert good(rows) == [expected]


def test_columns_for_a_file_that_has_a_header_are_rejected():
    with pytest.raises(AppError, match="is a header"):
        read("item_id,title\na,b\n", columns=("item_id", "title"))


def test_two_names_of_one_column_are_both_named_and_map_chooses():
    text = "item_id,Name,title\na,b,c\n"
    with pytest.raises(AppError, match="“Name” and “title”"):
        read(text)
    rows = read(text, mapping={"title": "Name"})
    assert good(rows) == [{"item_id": "a", "title": "b"}]
    assert "“title” is not read" in rows.notices[0]


def test_an_unread_column_suggests_the_one_that_may_be_meant():
    assert "Did you mean title?" in read("item_id,titel\na,b\n").notices[0]


def test_json_objects_have_lines_and_a_broken_one_costs_itself():
    text = '[\n{"item_id": 1},\n{"item_id": 2, "title": oops},\n{"Item ID": "3", "Name": "x"}]'
    rows = read(text, "items.json")
    assert [(line.number, isinstance(line.row, BadLine)) for line in rows] == [
        (2, False),
        (3, True),
        (4, False),
    ]
    assert good(rows)[1] == {"item_id": "3", "title": "x"}


def test_a_large_json_array_is_read_in_windows():
    objects = [{"item_id": str(n), "description": "é" * 300} for n in range(3000)]
    rows = read(json.dumps(objects, ensure_ascii=False, indent=1), "items.json")
    assert good(rows) == objects


def test_a_workbook_has_dates_and_whole_ids():
    book = Workbook()
    sheet = book.active
    sheet.append(["Item ID", "Name", "Created", "Price"])
    sheet.append([123.0, "Mug", datetime(2024, 1, 2), 12.5])  # noqa: DTZ001 (Excel has no zones)
    sheet.append([None, None, None, None])
    sheet.append(["b", True, None])
    book.create_sheet("second")
    file = io.BytesIO()
    book.save(file)
    rows = read(file.getvalue(), "items.xlsx")
    assert good(rows) == [
        {"item_id": "123", "title": "Mug", "created_at": "2024-01-02T00:00:00", "price": "12.5"},
        {"item_id": "b", "title": "true", "created_at": "", "price": ""},
    ]
    assert "first sheet" in rows.notices[0]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-x", "@SUM(A1)", "'=1", "''-", "plain", "'plain"]
)
def test_a_formula_is_harmless_and_comes_back(cell):
    safe = escape_formula(cell)
    assert safe[0] not in "=+-@"
    assert unescape_formula(safe) == cell
    rows = read(f"item_id,title\na,{safe}\n")
    assert good(rows)[0]["title"] == cell
    assert escape_formula("-5.2e3", is_number=True) == "-5.2e3"


def times(*values: str, **options: str) -> list:
    text = "user_id,item_id,timestamp\n" + "".join(f"u,i,{value}\n" for value in values)
    rows = read(text, "log.csv", INTERACTIONS, **options)
    return [line.row if isinstance(line.row, BadLine) else line.row["timestamp"] for line in rows]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (("1", "2", "3"), ()),
        (tuple(map(str, range(1, 3000))), ()),
        (("2014", "2015"), (0, 1)),
        (("201411", "201412"), (0, 1)),
        (("45292.5", "45293"), (0, 1)),
        (("2024-01-01", "2024-01-02", "7"), (2,)),
        (("1", "2", "3", "2024-01-01"), (3,)),
        (("1700000000", "2024-01-01", "20240101"), ()),
    ],
)
def test_small_numbers_are_looked_at_together(values, wrong):
    found = times(*values)
    assert tuple(at for at, value in enumerate(found) if isinstance(value, BadLine)) == wrong


@pytest.mark.parametrize(
    ("form", "value", "moment"),
    [
        ("year", "2014", datetime(2014, 1, 1, tzinfo=UTC)),
        ("excel", "45292.5", datetime(2024, 1, 1, 12, tzinfo=UTC)),
        ("ms", "1700000000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("order", "2014", datetime(1970, 1, 1, 0, 33, 34, tzinfo=UTC)),
        ("%d/%m/%Y", "02/01/2024", datetime(2024, 1, 2, tzinfo=UTC)),
    ],
)
def test_a_named_time_format_is_used(form, value, moment):
    assert times(value, time_format=form) == [moment]
    assert isinstance(times("x", time_format=form)[0], BadLine)


def test_an_unknown_time_format_is_named():
    with pytest.raises(AppError, match="--time-format moons"):
        times("1", time_format="moons")


def test_missing_files_and_folders_are_named(tmp_path: Path):
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(AppError, match=path.name):
            read_rows(path, ITEMS)


@pytest.mark.parametrize("odd", ['"a\nb",2', "é,2", "'=1,2", "1.0,2", "", "only", "x,y,z", '"'])
@pytest.mark.parametrize("at", [0, 21, 255, 256, 300, 599])
def test_an_odd_line_anywhere_changes_no_other_row(tmp_path: Path, odd: str, at: int) -> None:
    """Plain lines are read in blocks; around an odd one they are read one by one."""
    rows = [f"i{number},Item {number}" for number in range(600)]
    file = tmp_path / "items.csv"
    file.write_text("\n".join(["item_id,title", *rows[:at], odd, *rows[at:], ""]))
    found = [line for line in read_rows(file, ITEMS) if not isinstance(line.row, BadLine)]
    plain = [line for line in found if str(line.row["title"]).startswith("Item")]
    shift = 1 + odd.count("\n")
    assert [(line.number, line.row["item_id"]) for line in plain] == [
        (number + 2 + (shift if number >= at else 0), f"i{number}") for number in range(600)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "白瓷碗",
        "冰淇淋机",
        "电饭煲",
        "爱好 安全 按摩",
        "大米\ni2,白酒\ni3,蛋糕",
        "百草园",
        "笔记本",
        "北京地图册",
    ],
)
def test_short_chinese_files_are_not_taken_for_korean(text):
    rows = read(f"item_id,title\ni1,{text}\n".encode("gb18030"))
    assert good(rows)[0]["title"] == text.split("\n")[0]


@pytest.mark.parametrize("text", ["머그컵", "사과", "빨간 모자", "김치", "바나나 우유"])
def test_short_korean_files_are_not_taken_for_chinese(text):
    rows = read(f"item_id,title\ni1,{text}\n".encode("euc_kr"))
    assert good(rows)[0]["title"] == text


def test_of_very_little_text_both_readings_are_shown():
    rows = read("item_id,title\ni1,床单\n".encode("gb18030"))
    assert "“床单”" in rows.notices[0]
    assert {"gb18030", "euc_kr"} <= set(rows.notices[0].replace(",", " ").split())
    chosen = read("item_id,title\ni1,床单\n".encode("gb18030"), encoding="gb18030")
    assert good(chosen)[0]["title"] == "床单"
    assert chosen.notices == []
