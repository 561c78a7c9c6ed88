"""Reads CSV and JSON lines, plain or gzip, line by line; errors have the line's number."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from config.errors import AppError

_CSV, _JSON = (".csv", ".csv.gz"), (".jsonl", ".jsonl.gz")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A bad line that does not affect the lines after it."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """``number``: the line where the row begins, from 1; ``position``: bytes read from the file."""

    number: int
    row: Mapping[str, Any] | BadLine
    position: int


def read_lines(path: Path, columns: Sequence[str]) -> Iterator[Line]:
    """The rows of a file.

    Args:
        columns: columns that a CSV file must have; it may have more.

    Raises:
        AppError: ``bad_file``, with line, value and reason, if the file cannot be read to its end.
    """
    name = path.name.lower()
    if not name.endswith(_CSV + _JSON):
        raise bad_file(
            path, None, _("must end in %(endings)s") % {"endings": ", ".join(_CSV + _JSON)}
        )
    empty = True
    with _opened(path) as (file, raw):
        texts = _decoded(path, file)
        for number, row in (
            _csv_rows(path, texts, columns) if name.endswith(_CSV) else _json_rows(texts)
        ):
            empty = False
            yield Line(number, row, raw.tell())
    if empty:
        raise bad_file(path, None, _("has no rows"))


def bad_file(path: Path, line: int | None, reason: str, value: object = None) -> AppError:
    where = _("line %(line)s: ") % {"line": line} if line else ""
    details = {
        "field": "file",
        "value": str(value if value is not None else path),
        "line": line,
        "reason": reason,
    }
    return AppError("bad_file", f"{path}: {where}{reason}", 400, details)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The bytes, decompressed if needed, and the file itself."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise bad_file(
            path, None, _("cannot be opened (%(why)s)") % {"why": error.strerror}
        ) from None
    with raw:
        if path.name.lower().endswith(".gz"):
            with gzip.open(raw) as file:
                yield file, raw  # type: ignore[misc]
        else:
            yield raw, raw


def _decoded(path: Path, file: IO[bytes]) -> Iterator[str]:
    number = 0
    try:
        for number, line in enumerate(file, 1):
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        bad = error.object[error.start : error.start + 1].hex()
        raise bad_file(
            path, number, _("is not valid UTF-8 (byte %(byte)s)") % {"byte": bad}, bad
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise bad_file(
            path, number + 1, _("is not a complete gzip file (%(why)s)") % {"why": error}
        ) from None


def _csv_rows(
    path: Path, texts: Iterator[str], columns: Sequence[str]
) -> Iterator[tuple[int, Any]]:
    reader = csv.reader(texts, strict=True)
    number = 0
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header, columns)
        number = reader.line_num + 1
        for cells in reader:
            if cells:  # an empty line is not a row
                yield number, _as_row(header, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        raise bad_file(
            path, max(number, 1), _("is not valid CSV (%(why)s)") % {"why": error}
        ) from None


def _check_header(path: Path, header: list[str], columns: Sequence[str]) -> None:
    if not header:
        raise bad_file(path, 1, _("is empty"))
    missing = [name for name in columns if name not in header]
    if missing:
        wanted = _("the header has no column %(missing)s") % {"missing": ", ".join(missing)}
        raise bad_file(path, 1, wanted, ",".join(header)[:200])
    if len(set(header)) < len(header):
        raise bad_file(path, 1, _("the header has a column twice"), ",".join(header)[:200])


def _as_row(header: list[str], cells: list[str]) -> Mapping[str, str] | BadLine:
    if len(cells) != len(header):
        counts = {"cells": len(cells), "columns": len(header)}
        return BadLine(
            ",".join(cells),
            _("has %(cells)s cells, but the header has %(columns)s columns") % counts,
        )
    return dict(zip(header, cells, strict=True))


def _json_rows(texts: Iterator[str]) -> Iterator[tuple[int, Any]]:
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as error:
            row = BadLine(text, _("is not valid JSON (%(why)s)") % {"why": error})
        if not isinstance(row, (dict, BadLine)):
            row = BadLine(text, _("must be a JSON object"))
        yield number, row
