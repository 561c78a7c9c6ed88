"""The one reader of files: for commands, the admin and ``batch_recommend``.

`read_rows` takes a path or an open upload: CSV, TSV, JSON lines, a JSON array or Excel, plain or
gzip, of any length. The content decides, not the name alone. The file is looked through first: its
encoding, its separator, its header, and whether its times go together. Then it can be read as often
as needed, line by line. ``notices`` has what was assumed or left unread.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _

from catalog.ingestion.reading import times
from catalog.ingestion.reading.columns import (
    INTERACTIONS,
    ITEMS,
    USERS,
    VECTORS,
    FileKind,
    Header,
)
from catalog.ingestion.reading.csv_tables import CsvTable
from catalog.ingestion.reading.encodings import find_encoding
from catalog.ingestion.reading.formulas import escape_formula, unescape_formula
from catalog.ingestion.reading.json_rows import json_array, json_lines
from catalog.ingestion.reading.lines import texts_of
from catalog.ingestion.reading.opening import JSONS, Source, is_page, readable
from catalog.ingestion.reading.problems import BadLine, Notices, bad_file
from catalog.ingestion.reading.rows import Line, Readable, ReadOptions
from catalog.ingestion.reading.tables import Numbered, rows_of_cells, rows_of_objects
from catalog.ingestion.reading.workbook import book_records
from catalog.validation.time_forms import Survey

__all__ = [
    "INTERACTIONS", "ITEMS", "USERS", "VECTORS", "BadLine", "FileKind", "Line", "ReadOptions",
    "Rows", "escape_formula", "read_rows", "unescape_formula",
]  # fmt: skip
_ARRAY = re.compile(r"\[\s*(\[|\{|\]|\"|\d|$)")
_OPEN_OBJECT = re.compile(r"\{[ \t]*[\r\n]")
"""An object over several lines, as programs print one for people."""


def read_rows(source: Readable, kind: FileKind, options: ReadOptions | None = None) -> Rows:
    """Look through a file; iterate over the result for its rows, as often as needed.

    Args:
        source: a path, or an open binary file with a ``name``, such as an upload.

    Raises:
        AppError: ``bad_file`` with line, value and reason, if the file cannot be read to its end;
            ``bad_option``.
    """
    return Rows(source, kind, options or ReadOptions())


class Rows:
    """The rows of one file; each iteration reads it from its start.

    Attributes:
        notices: what was assumed and what is not read, in words.
        header: column -> the name in the file.
        count: rows, bad ones too.
    """

    def __init__(self, source: Readable, kind: FileKind, options: ReadOptions) -> None:
        self.source, self.kind, self.options = Source(source), kind, options
        self._notices = Notices()
        self._header = Header(self.source.name, kind, options.mapping, self._notices)
        self._read_time = times.chosen(options.time_format, kind.time)
        self._encoding = self._find_encoding()
        self._form = self._find_form()
        self.count = self._look_through()
        self.notices = self._notices.texts()

    @property
    def names(self) -> list[str]:
        """All columns as the file calls them; those of JSON as far as it was read."""
        return list(dict.fromkeys(self._header.names))

    @property
    def assumptions(self) -> list[str]:
        """What was assumed of the file's form; ``notices`` has unread columns too."""
        return self._notices.texts(without="unread")

    @property
    def header(self) -> Mapping[str, str]:
        return self._header.found

    def __iter__(self) -> Iterator[Line]:
        time, read = self.kind.time, self._read_time
        with self._opened() as (rows, raw):
            position = 0
            for count, (number, row) in enumerate(rows):
                if not count % 100:
                    position = raw.tell()
                if read and isinstance(row, dict) and time in row:
                    value = read(row[time])
                    row = value if isinstance(value, BadLine) else {**row, time: value}
                yield Line(number, row, position)

    def _look_through(self) -> int:
        """Read the whole file once. What breaks it shows before anything is written."""
        survey, count, time = Survey(), 0, self.kind.time
        with self._opened() as (rows, _raw):
            for _number, row in rows:
                count += 1
                if time and isinstance(row, dict):
                    survey.add(row.get(time))
        if not count:
            raise bad_file(self.source.name, None, _("has no rows"))
        self._read_time = self._read_time or times.surveyed(survey, time)
        return count

    def _find_encoding(self) -> str:
        if self.source.is_book:
            return "utf-8"
        with self.source.unpacked() as (file, _raw), readable(self.source.name):
            return find_encoding(file, self.options.encoding, self._notices)

    def _find_form(self) -> str:
        """``book``, ``array`` or ``lines`` of JSON, or ``table``, by the first characters."""
        if self.source.is_book:
            return "book"
        is_json = self.source.ending in JSONS
        with self._texts() as (texts, _raw):
            start = "".join(islice(texts, 50)).lstrip("\ufeff \t\r\n")[:200]
        if not start:
            raise bad_file(self.source.name, 1, _("is empty"))
        if is_page(start):
            raise bad_file(self.source.name, 1, _("is an HTML page, not a table"))
        if _ARRAY.match(start) or _OPEN_OBJECT.match(start):
            return "array"
        return "lines" if is_json or start.startswith("{") else "table"

    @contextmanager
    def _texts(self) -> Iterator[tuple[Iterator[str], IO[bytes]]]:
        with (
            self.source.unpacked() as (file, raw),
            texts_of(self.source.name, file, self._encoding) as texts,
        ):
            yield texts, raw

    @contextmanager
    def _opened(self) -> Iterator[tuple[Iterator[Numbered], IO[bytes]]]:
        """The rows with their line numbers, and the stored file."""
        if self._form == "book":
            with self.source.unpacked() as (file, raw):
                yield self._book(file if file is raw else io.BytesIO(file.read())), raw
        else:
            with self._texts() as (texts, raw):
                yield self._table(texts) if self._form == "table" else self._objects(texts), raw

    def _book(self, file: IO[bytes]) -> Iterator[Numbered]:
        found = book_records(self.source.name, file, self._notices)
        return rows_of_cells(found, self._header, self.options.columns, self._notices)

    def _objects(self, texts: Iterator[str]) -> Iterator[Numbered]:
        useless = {"columns": self.options.columns, "delimiter": self.options.delimiter}
        if self._form == "array":
            found = json_array(texts, self._encoding, self.source.name)
        else:
            found = json_lines(texts, self._encoding)
        return rows_of_objects(found, self._header, useless)

    def _table(self, texts: Iterator[str]) -> Iterator[Numbered]:
        table = CsvTable(
            self._header,
            self._notices,
            encoding=self._encoding,
            delimiter=self.options.delimiter,
            given=self.options.columns,
            expected="\t" if self.source.ending in (".tsv", ".tab") else ",",
        )
        return table.rows(texts)
