"""Files of real people and what each must give: rows, or a message. Every door gets the same table.

A door reads a file and answers with an `Outcome`; `doors` has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parent / "data"
BASE = DATA / "01-baseline"
DOORS = ("command", "admin", "batch")
MUGS = {"i1": "Red mug", "i2": "Blue mug", "i3": "Towel"}


@dataclass(frozen=True)
class Outcome:
    """What a door made of a file.

    ``items``: id -> title; ``events``: (user, item, seconds since 1970), sorted; ``said``: notices
    and errors in words.
    """

    items: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str, int]] = field(default_factory=list)
    said: str = ""
    failed: bool = False


Door = Callable[[str, Path], Outcome]
"""("items" or "log", file) -> what came of it."""


@dataclass(frozen=True)
class Case:
    """``rows``: as in `Outcome`, None: the file is rejected; ``said``: parts of what is said."""

    file: str
    rows: dict[str, str] | list[tuple[str, str, int]] | None = None
    said: tuple[str, ...] = ()
    doors: tuple[str, ...] = DOORS

    def __str__(self) -> str:
        return self.file

    @property
    def holds(self) -> str:
        return "log" if "/log" in self.file else "items"

    @property
    def path(self) -> Path:
        return DATA / self.file


def bad(file: str, *said: str, doors: tuple[str, ...] = DOORS) -> Case:
    return Case(file, None, said, doors)


STORED = ("command", "admin")
"""Doors into the database: they read more columns than the batch needs."""

DAY = 86_400
ITEMS = [
    Case("01-baseline/items.csv", MUGS),
    Case("02-capital-headers/items.csv", {"i1": "Red mug", "i2": "Blue mug"}),
    Case("03-semicolons/items.csv", {"i1": "Red mug"}, ("separated by ;",)),
    Case("04-tabs/items.csv", {"i1": "Red mug"}, ("separated by tab",)),
    Case("04-tabs/items.tsv", {"i1": "Red mug"}),
    Case("05-utf16/items.csv", MUGS),
    Case("06-gb18030/items.csv", {"i1": "数据分析入门"}, ("gb18030, a guess",)),
    Case("07-latin1/items.csv", {"i1": "Café crème"}, ("windows-1252, a guess",)),
    Case("08-bom-crlf-quoted-newline/items.csv", {"i1": "Red\r\nmug", "i2": "x"}),
    Case("09-mac-cr/items.csv", MUGS),
    Case("11-backslash-quotes/items.csv", {"i1": '17" screen', "i2": "x"}, ('\\"',)),
    bad("12-dup-headers/items.csv", "line 1", "title twice"),
    bad("13-trailing-comma/items.csv", "line 2", "line 3", "has 3 cells"),
    Case("13-trailing-comma/items2.csv", {"i1": "a", "i2": "b"}, ("Column 3 has no name",)),
    bad("14-short-row/items.csv", "line 2", "has 2 cells"),
    Case("15-excel-sep-line/items.csv", {"i1": "a"}),
    bad("16-nul/items.csv", "line 2: title", "NUL"),
    bad("44-jsonl-nan/items.jsonl", "line 1: title", "nan", "line 2: item_id", "line 4: item_id"),
    bad("44b-jsonl-nan/items.jsonl", "line 3: provider", "inf", doors=STORED),
    Case("45-json-array/items.json", {"1": "a"}),
    Case("48-html-description/items.csv", {"p1": "Mug & spoon"}),
    Case("49-category-tree/items.csv", {"p1": "a", "p2": "b", "p3": "c"}),
    Case("52-category-case-space/items.csv", {"p1": "a", "p2": "b", "p3": "c", "p4": "d"}),
    bad("47-python-dict-lines/items.jsonl", "line 1", "JSON"),
    bad("53-available-words/items.csv", "line 7: available", "-1", doors=STORED),
    bad("54-language-codes/items.csv", "line 4: language", "English", "line 6", doors=STORED),
    bad("55-language-long-pg/items.csv", "line 2: language", "10 characters", doors=STORED),
    bad("56-attributes/items.csv", "line 2: attributes.stock", "NaN", "line 3", doors=STORED),
    Case("58-long-title/items.csv", {"p1": "x" * 501, "p2": "ok"}),
    bad("59-dup-items/items.csv", "line 3: item_id", "line 4: item_id", "already in row 2"),
    bad("60-empty-file/items.csv", "is empty"),
    bad("60-header-only/items.csv", "has no rows"),
    Case("61-unknown-cols/items.csv", {"SKU1": "Red mug", "SKU2": ""}, ("“Handle” is not read",)),
    bad("62-ids-in-excel/items.csv", "line 2: item_id", "rounded by a spreadsheet"),
    Case("63-price-stock-cols/items.csv", {"p1": "a"}),
    Case("64-empty-cells-overwrite/items.csv", {"p1": ""}),
    Case(
        "65-bidi-controls/items.csv",
        {"p1": "evil", "p2": "كتاب الطبخ", "p3": "😀😀", "p4": "Ｐｙｔｈｏｎ\u3000入門"},
    ),
    Case("66-formula/items.csv", {"p1": '=HYPERLINK("http://example.org")'}),
    bad("68-files/w.csv.zip", "zip archive"),
    Case("68-files/x.csv", {"1": "a"}),
    bad("68-files/y.csv.gz", "not a complete gzip file"),
    bad("68-files/z.csv.gz", "not a complete gzip file"),
    bad("80-batch-trailing-comma-items/items.csv", "line 2", "has 4 cells"),
    bad("83-batch-short-row/items.csv", "line 2", "has 2 cells"),
    Case("85-batch-capital/items.csv", {"i1": "Red mug"}),
    Case("94-batch-semicolon/items.csv", {"i1": "a"}, ("separated by ;",)),
    Case("95-batch-gb18030/items.csv", {"i1": "数据"}, ("gb18030",)),
    bad("100-batch-empty-items/items.csv", "has no rows"),
    bad("104-batch-nul/items.csv", "line 2: title", "NUL"),
    bad("110-batch-unclosed-quote/items.csv", "line 2"),
    bad("110b-stray-quote/items.csv", "line 3"),
    bad("119-no-items/items.csv", "has no rows"),
    bad("141-excel-empty-rows/items.csv", "line 3: item_id", "line 4: item_id", "is empty"),
    Case("143-one-bad-byte-skip/items.csv", {"i1": "a", "i2": "Café", "i3": "c"}, ("a guess",)),
    bad("145-missing-trailing-cells/items.csv", "line 3", "has 2 cells"),
    Case("146-emdash-number/items.csv", {"i1": "a"}),
    Case("147-pandas-index/items.csv", {"i1": "a", "i2": "b"}, ("Column 1 has no name",)),
    Case("148-slash-labels/items.csv", {"i1": "a"}),
    Case("admin-2001/items.csv", {f"n{number}": "x" for number in range(2001)}),
    Case("admin-bom-crlf/items.csv", {"b1": "Red mug"}),
    Case("admin-capital/items.csv", {"b3": "Red mug"}),
    bad("admin-empty/items.csv", "is empty"),
    Case("admin-gb18030/items.csv", {"b2": "数据分析"}, ("gb18030, a guess",)),
    Case("admin-json-list-cats/items.json", {"j1": "a"}),
    bad("admin-json-nan/items.json", "line 1: title", "nan"),
    bad("admin-lang/items.csv", "line 2: language", doors=STORED),
    bad("admin-no-id-col/items.csv", "no column item_id", "it has: title"),
    bad("admin-nul/items.csv", "line 2: title", "NUL"),
    Case("admin-semicolon/items.csv", {"b1": "Red mug"}, ("separated by ;",)),
    bad("admin-short-row/items.csv", "line 2", "has 2 cells"),
    bad("admin-trailing-comma/items.csv", "line 2", "has 3 cells"),
    Case("admin-utf16/items.csv", {"b2": "Red"}),
]
START = 1_700_000_000
THREE = [("u1", "i1", START), ("u1", "i2", START + 100), ("u2", "i1", START + 200)]
NOVEMBER = 1_416_268_800  # 2014-11-18
JANUARY = 1_704_067_200  # 2024-01-01
LOGS = [
    Case("01-baseline/log.csv", [*THREE[:2], ("u2", "i1", START)]),
    Case("03-semicolons/log.csv", [("u1", "i1", START)], ("separated by ;",)),
    bad("17-ms/log.csv", "line 2: timestamp", "milliseconds", "line 3", "microseconds"),
    Case(
        "18-yyyymmdd/log.csv",
        [
            ("u1", "i1", NOVEMBER),
            ("u1", "i2", NOVEMBER + DAY),
            ("u2", "i1", NOVEMBER + 13 * DAY),
        ],
    ),
    Case(
        "19-yyyymmddhh/log.csv",
        [
            ("u1", "i1", NOVEMBER + 23 * 3600),
            ("u1", "i2", NOVEMBER + DAY - 60),
            ("u2", "i1", NOVEMBER + DAY - 1),
        ],
    ),
    bad("20-year-only/log.csv", "line 2: timestamp", "looks like a year"),
    bad("21-zones/log.csv", "line 5: timestamp", "line 6: timestamp"),
    bad("23-future/log.csv", "line 2: timestamp", "in the future"),
    Case("25-scinot/log.csv", [("u1", "i1", START), ("u1", "i2", START + 10_000)]),
    bad("26-nan-ids/log.csv", *(f"line {number}: user_id" for number in range(2, 7))),
    Case("27-float-ids/log.csv", [("1", "i1", START), ("17850", "i2", START + 1)], ("1.0",)),
    Case(
        "28-leading-zeros/log.csv",
        [("0007", "i2", START + 1), ("007", "i1", START), ("7", "i1", START)],
    ),
    Case(
        "29-emoji-slash-case/log.csv",
        [
            ("..", "i1", START + 4),
            ("A/B", "i1", START),
            ("a/b", "i1", START),
            ("x,y", "i1", START + 3),
            ("😀", "i2", START + 1),
        ],
    ),
    bad("30-neg-zero-value/log.csv", "line 4: value", "nan", "line 5: value", "inf"),
    bad("31-neg-zero-rating/log.csv", "line 6: value: “4,5”"),
    bad("32-thousands/log.csv", "line 2: value", "line 3: value", "line 4: value"),
    Case(
        "33-kinds/log.csv",
        [
            ("u1", f"i{item}", START + after)
            for item, after in ((1, 0), (2, 1), (3, 2), (3, 2), (3, 3))
        ],
        ("“buy” was read as purchase",),
        STORED,
    ),
    Case("34-rating-col-named-rating/log.csv", [("u1", "i1", START), ("u1", "i2", START + 1)]),
    Case("35-quantity-col/log.csv", [("u1", "i1", START)]),
    Case("36-dup-events/log.csv", [("u1", "i1", START), ("u1", "i1", START + 1)]),
    Case("37-date-only-repeat/log.csv", [("u1", "i1", JANUARY)]),
    bad("38-unknown-item/log.csv", "line 2: item_id", "nowhere", doors=STORED),
    bad("39-no-timestamp-col/log.csv", "no column timestamp", doors=STORED),
    bad("40-event-id-reuse/log.csv", "line 3: event_id", "e1", doors=STORED),
    bad("42-unicode-nfd/log.csv", "line 4: user_id", "U+200B"),
    bad("149-log-cart/log.csv", "line 3: item_id: “new-item”", doors=STORED),
    bad("43-negative-ts/log.csv", "line 2: timestamp", "line 5: timestamp"),
    bad("44b-jsonl-nan/log.jsonl", "line 1: user_id", "nan"),
    bad("81-batch-trailing-comma-log/log.csv", "line 2", "has 4 cells"),
    bad("84-batch-short-log/log.csv", "line 2", "has 2 cells"),
    Case("85-batch-capital/log.csv", [("u1", "i1", START)]),
    bad("87-batch-value-nan/log.csv", "line 2: value", "nan"),
    bad("89-batch-ns/log.csv", "line 2: timestamp", "nanoseconds", "line 4", "1e19"),
    bad("91-batch-some-empty-times/log.csv", "line 3: timestamp", "is empty"),
    Case(
        "92-batch-iso-mixed/log.csv",
        [("u1", "i1", JANUARY), ("u1", "i2", JANUARY), ("u1", "i3", JANUARY + DAY)],
    ),
    Case("96-batch-utf16/log.csv", THREE),
    bad("98-batch-not-gz/log.csv.gz", "not a complete gzip file"),
    bad("99-batch-empty/log.csv", "is empty"),
    bad("99c-cold-only/log.csv", "has no rows"),
    Case("101-batch-spaces/log.csv", [("u1", "i1", START)]),
    Case("103-batch-mac-cr/log.csv", THREE),
    Case(
        "108-batch-yyyymmdd/log.csv",
        [("u1", "i1", 1_735_603_200), ("u1", "i2", 1_735_689_600)],
    ),
    Case("109-batch-dup-events/log.csv", THREE),
    bad("111-batch-dates-1/log.csv", "line 2: timestamp", "02/01/2024"),
    bad("112-batch-old-date/log.csv", "line 2: timestamp", "0001-01-01"),
    Case("113-batch-jsonl/log.csv", [("u1", "i1", 0)], doors=("batch",)),
    bad("113-batch-jsonl/log.csv", "line 1: timestamp", "is empty", doors=STORED),
]
CASES = [*ITEMS, *LOGS]
