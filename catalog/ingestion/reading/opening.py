"""Opens a path or an upload: plain or gzip; other containers are rejected by name."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from catalog.ingestion.reading.problems import bad_file

TABLES = (".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".item")
JSONS, BOOKS = (".json", ".jsonl", ".ndjson"), (".xlsx", ".xlsm")
_OTHERS = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b"Obj\x01": "Avro",
    b"SQLite f": "SQLite",
    b"%PDF": "PDF",
}
"""First bytes -> the form, of files that may come with the ending of a table."""

_PAGE = re.compile(r"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE)
_GZIP, _ZIP, _OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@contextmanager
def readable(name: str) -> Iterator[None]:
    """What breaks a file while it is read becomes ``bad_file``."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        reason = _("is not a complete gzip file (%(why)s)") % {"why": error}
        raise bad_file(name, None, reason) from None
    except (UnicodeError, OSError) as error:
        raise bad_file(name, None, _("cannot be read (%(why)s)") % {"why": error}) from None


class Source:
    """A file on the disk, or an open binary file with a name, which is read from its start."""

    def __init__(self, file: Path | Any) -> None:
        self.file = file
        self.name = str(file if isinstance(file, Path) else getattr(file, "name", "") or "file")
        self.ending = _ending(self.name, self)

    @property
    def is_book(self) -> bool:
        return self.ending in BOOKS

    @contextmanager
    def raw(self) -> Iterator[IO[bytes]]:
        """The bytes as they are stored."""
        if not isinstance(self.file, Path):
            inner = getattr(self.file, "file", self.file)
            inner.seek(0)
            yield inner
            return
        try:
            opened = self.file.open("rb")
        except OSError as error:
            reason = _("cannot be opened (%(why)s)") % {"why": error.strerror}
            raise bad_file(self.name, None, reason) from None
        with opened:
            yield opened

    @contextmanager
    def unpacked(self) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """The bytes, decompressed if needed, and the stored file for its position."""
        with self.raw() as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if self.name.lower().endswith(".gz") and not packed and raw.read(1):
                reason = _("is not a complete gzip file (%(why)s)")
                raise bad_file(self.name, 1, reason % {"why": _("it does not begin like one")})
            if not packed:
                raw.seek(0)
                yield raw, raw
                return
            with gzip.GzipFile(fileobj=raw, mode="rb") as file:
                with readable(self.name):
                    is_packed_twice = file.peek(2)[:2] == _GZIP
                if is_packed_twice:
                    reason = _("is packed by gzip twice; unpack it once")
                    raise bad_file(self.name, None, reason)
                yield file, raw  # type: ignore[misc]


def is_page(start: str) -> bool:
    """Whether a text begins like a page of a website, such as one that asks to sign in."""
    return bool(_PAGE.match(start))


def _ending(name: str, source: Source) -> str:
    """What the content is read as: the file's ending, and for a zip what it holds.

    Raises:
        AppError: ``bad_file`` for what is no table.
    """
    plain = name.lower().removesuffix(".gz")
    known = next((end for end in TABLES + JSONS + BOOKS if plain.endswith(end)), "")
    with source.raw() as raw:
        start = raw.read(8)
        if start.startswith(_ZIP) or plain.endswith(BOOKS):
            return _book(name, raw)
    if start.startswith(_OLD_EXCEL):
        raise bad_file(name, None, _("is an old Excel file; save it as .xlsx or CSV"))
    if form := next((form for sign, form in _OTHERS.items() if start.startswith(sign)), ""):
        reason = _("is a %(form)s file, not a table; unpack it or export it as CSV")
        raise bad_file(name, None, reason % {"form": form})
    if not known:
        endings = ", ".join(TABLES + JSONS + BOOKS[:1])
        reason = _("must end in %(endings)s; each but .xlsx also with .gz") % {"endings": endings}
        if plain.endswith(".zip"):
            reason = _("is a zip archive; unpack it and import the files in it")
        raise bad_file(name, None, reason)
    return known


def _book(name: str, raw: IO[bytes]) -> str:
    raw.seek(0)
    try:
        with zipfile.ZipFile(raw) as archive:
            names = archive.namelist()
            if any(part.startswith("xl/") for part in names):
                return BOOKS[0]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        reason = _("is not a complete Excel file (.xlsx)")
        raise bad_file(name, None, reason) from None
    if "content.xml" in names:
        raise bad_file(name, None, _("is an OpenDocument file; save it as .xlsx or CSV"))
    raise bad_file(name, None, _("is a zip archive; unpack it and import the files in it"))
