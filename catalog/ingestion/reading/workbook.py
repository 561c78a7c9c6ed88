"""Rows of the first sheet of an Excel file."""

from __future__ import annotations

import datetime as dates
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from catalog.ingestion.reading.problems import BadLine, Notices, bad_file, spreadsheet_error

MOST_BYTES = 2_000_000_000
"""Unpacked; more is a trap or too much for a workbook."""
Record = tuple[int, list[Any] | BadLine]


def book_records(name: str, file: IO[bytes], notices: Notices) -> Iterator[Record]:
    """Each row with its number; cells are texts as a CSV file would have them.

    Raises:
        AppError: ``bad_file``.
    """
    try:
        yield from _rows(name, file, notices)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        reason = _("is not a complete Excel file (%(why)s)") % {"why": error}
        raise bad_file(name, None, reason) from None


def _rows(name: str, file: IO[bytes], notices: Notices) -> Iterator[Record]:
    from openpyxl import load_workbook  # slow to import, and seldom needed

    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
            raise bad_file(name, None, _("is too large as an Excel file; save it as CSV"))
    book = load_workbook(file, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        if len(book.worksheets) > 1:
            text = _("Only its first sheet, “%(sheet)s”, was read.") % {"sheet": sheet.title}
            notices.say("sheets", text)
        sheet.reset_dimensions()
        is_empty = True
        for number, cells in enumerate(sheet.iter_rows(), 1):
            row = _cells(cells)
            if isinstance(row, BadLine) or any(row):
                is_empty = False
                yield number, row
        if is_empty:
            reason = _("its first sheet, “%(sheet)s”, is empty") % {"sheet": sheet.title}
            raise bad_file(name, None, reason)
    finally:
        book.close()


def _cells(cells: Any) -> list[Any] | BadLine:
    row = []
    for cell in cells:
        if getattr(cell, "data_type", "") == "e":
            return BadLine(str(cell.value), spreadsheet_error())
        row.append(_text(cell.value))
    while row and row[-1] == "":
        row.pop()
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if isinstance(value, (dates.datetime, dates.date)):
        return value.isoformat()
    return str(value).upper() if isinstance(value, float) else str(value)
