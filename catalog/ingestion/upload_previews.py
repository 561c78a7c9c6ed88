"""What an uploaded file looks like: its names, its first rows, and which column each is."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from catalog.ingestion import uploads
from catalog.ingestion.file_readers import INTERACTIONS, ITEMS, FileKind, ReadOptions, read_rows
from catalog.ingestion.reading.columns import known_names, plain
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import NamedFile
from catalog.ingestion.row_sources import is_xml, start_of
from catalog.models import FileImport, Holds
from catalog.validation.field_readers import shorten
from config.errors import AppError

SHOWN_ROWS = 5
#: Bytes of a long table or of JSON lines that are looked at, so that the page comes at once.
HEAD = 1 << 18


@dataclass
class Preview:
    """The first rows of a file.

    Attributes:
        names: the columns as the file calls them.
        guesses: our column -> the name in the file that the reader takes for it.
        problem: why there is nothing to show.
    """

    names: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    guesses: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    problem: str = ""
    is_xml: bool = False


def kind_of(holds: str) -> FileKind:
    return ITEMS if holds == Holds.ITEMS else INTERACTIONS


def preview(stored: FileImport, options: ReadOptions) -> Preview:
    """Look at a stored file without knowing its columns."""
    try:
        with uploads.opened(stored) as file:
            start = start_of(file)
            file.seek(0)
            if is_xml(start):
                return Preview(is_xml=True)
            return _table(_head(file, start), kind_of(stored.holds), options)
    except AppError as error:
        return Preview(problem=str(error.message))


def _table(file: NamedFile, kind: FileKind, options: ReadOptions) -> Preview:
    names, notices = list(options.columns), list[str]()
    if not names:
        first = read_rows(
            file, FileKind("file", (), (), ()), ReadOptions(options.encoding, options.delimiter)
        )
        names, notices = first.names, first.assumptions
    whole = ReadOptions(options.encoding, options.delimiter, columns=options.columns)
    rows = read_rows(file, FileKind("file", tuple(names), (), ()), whole)
    good = (line.row for line in rows if not isinstance(line.row, BadLine))
    shown = [[_cell(row, name) for name in names] for row in islice(good, SHOWN_ROWS)]
    return Preview(names, shown, _guesses(names, kind), notices)


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "")
    return shorten(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _guesses(names: list[str], kind: FileKind) -> dict[str, str]:
    known, found = known_names(kind), dict[str, str]()
    for name in names:
        if column := known.get(plain(name)):
            found.setdefault(column, name)
    return found


def _head(file: NamedFile, start: bytes) -> NamedFile:
    """The first lines of a long table; other files whole."""
    name = file.name.lower()
    is_table = not start.lstrip().startswith(b"[") and not start.startswith(b"PK")
    file.seek(0, io.SEEK_END)
    if not is_table or file.tell() <= HEAD:
        file.seek(0)
        return file
    file.seek(0)
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    content: Any = gzip.GzipFile(fileobj=file, mode="rb") if packed else file  # type: ignore[call-overload]
    head = content.read(HEAD)
    cut = head.rfind(b"\n") + 1
    return NamedFile(name.removesuffix(".gz"), io.BytesIO(head[:cut] if cut else head))
