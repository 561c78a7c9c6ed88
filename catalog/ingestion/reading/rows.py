"""What a reader takes and gives: options, lines, and rows that can be read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from catalog.ingestion.reading.problems import BadLine


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person says about a file.

    Attributes:
        encoding: empty: UTF-8, or else a guess that is said.
        delimiter: empty: found in the header, and said unless it is a comma.
        mapping: our column -> the name in the file.
        columns: the columns in their order, for a file without a header; "-" is not read.
        time_format: one of `times.CHOICES`, or a pattern such as ``%d/%m/%Y``.
    """

    encoding: str = ""
    delimiter: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    time_format: str = "auto"


class Line(NamedTuple):
    """``number``: the line where the row begins, from 1; ``position``: bytes read from the file."""

    number: int
    row: Mapping[str, Any] | BadLine
    position: int


class RowSource(Protocol):
    """Rows of ours from a file, read as often as needed; `Rows` is one.

    ``notices``: what was assumed and left unread; ``header``: column -> the name in the file;
    ``count``: rows, bad ones too.
    """

    count: int

    @property
    def notices(self) -> list[str]: ...
    @property
    def header(self) -> Mapping[str, str]: ...
    def __iter__(self) -> Iterator[Line]: ...


@dataclass(frozen=True)
class NamedFile:
    """An open binary file with a name whose ending says what it is."""

    name: str
    file: IO[bytes]

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size)

    def seek(self, position: int, whence: int = 0) -> int:
        return self.file.seek(position, whence)

    def tell(self) -> int:
        return self.file.tell()


Readable = Path | IO[bytes] | NamedFile
"""A path, or an open binary file with a ``name``."""
