"""Goodreads: the export of a reader's library, and the research sets of books and ratings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.ingestion.presets.base import (
    Cells,
    Preset,
    Say,
    counted,
    each,
    filled,
    names_of,
    text,
)
from catalog.ingestion.reading.columns import FileKind
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import Line

BOOKS = FileKind(
    "Goodreads books",
    (
        "Book Id", "Title", "Author", "authors", "ISBN", "ISBN13", "Publisher", "Number of Pages",
        "Original Publication Year", "Year Published", "description", "language_code",
        "image_url", "Bookshelves",
    ),
    ("Book Id", "Title"),
    ("Book Id",),
    "",
    {"Number of Pages": ("num_pages",), "Year Published": ("publication_year",)},
)  # fmt: skip
RATINGS = FileKind(
    "Goodreads ratings",
    (
        "User Id", "Book Id", "My Rating", "rating", "Date Read", "read_at", "date_updated",
        "Date Added", "Exclusive Shelf", "is_read",
    ),
    ("Book Id",),
    ("User Id", "Book Id"),
)  # fmt: skip
#: Whom the export of one library belongs to; the file does not say.
READER = "goodreads-reader"
_RESEARCH_TIME = "%a %b %d %H:%M:%S %z %Y"
_EXCEL_TEXT = re.compile(r'^="(.*)"$')
_NO_SUBJECT = {"read", "to-read", "currently-reading"}


def _book(row: Cells) -> dict[str, Any]:
    shelves = names_of(text(row, "Bookshelves"))
    isbn = next(
        filter(None, (_EXCEL_TEXT.sub(r"\1", text(row, name)) for name in ("ISBN13", "ISBN"))), ""
    )
    return {
        "item_id": text(row, "Book Id"),
        **filled(
            title=text(row, "Title"),
            description=text(row, "description"),
            provider=(names_of(text(row, "Author", "authors")) or [""])[0],
            language=_language(text(row, "language_code")),
            image_url=text(row, "image_url"),
            categories=[name for name in shelves if name not in _NO_SUBJECT],
            attributes=filled(
                isbn=isbn,
                publisher=text(row, "Publisher"),
                pages=text(row, "Number of Pages"),
                year=text(row, "Original Publication Year", "Year Published"),
            ),
        ),
    }


def _language(code: str) -> str:
    """“eng” and “en-US” are English."""
    known = {"eng": "en", "fre": "fr", "ger": "de", "spa": "es", "jpn": "ja", "chi": "zh"}
    short = code.split("-")[0].lower()
    return known.get(short, short if len(short) in (2, 3) else "")


def ratings(lines: Iterable[Line], say: Say) -> Iterator[Line]:
    """Stars, or for books without stars that they were read or put on a shelf."""
    without_time = 0
    for line in lines:
        if isinstance(line.row, BadLine):
            yield line
            continue
        row = _rating(line.row)
        if not row["timestamp"]:
            without_time += 1
            row["timestamp"] = line.number
        yield Line(line.number, row, line.position)
    counted(say, without_time, _("no date, so the order of the lines counts"))


def _rating(row: Cells) -> dict[str, Any]:
    stars = text(row, "My Rating", "rating")
    has_stars = stars not in ("", "0", "0.0")
    is_read = text(row, "is_read").lower() in ("true", "1") or text(row, "Date Read", "read_at")
    shelf = text(row, "Exclusive Shelf").lower()
    kind = "take" if is_read or shelf == "read" else "save"
    return {
        "user_id": text(row, "User Id") or READER,
        "item_id": text(row, "Book Id"),
        "kind": "rate" if has_stars else kind,
        "value": stars if has_stars else None,
        "timestamp": _time(text(row, "Date Read", "read_at", "date_updated", "Date Added")),
    }


def _time(value: str) -> str:
    """ISO 8601 of “2024/05/01” and of “Tue Nov 15 11:29:22 -0800 2016”."""
    if re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}", value):
        return "-".join(part.zfill(2) for part in value.split("/"))
    try:
        return datetime.strptime(value, _RESEARCH_TIME).isoformat()  # noqa: DTZ007 (has a zone)
    except ValueError:
        return value


PRESETS = (
    Preset("goodreads", gettext_lazy("Goodreads books"), "items", BOOKS, each(_book)),
    Preset(
        "goodreads-ratings",
        gettext_lazy("Goodreads ratings and reviews"),
        "interactions",
        RATINGS,
        ratings,
    ),
)
