"""SQLite, by its online backup: https://www.sqlite.org/backup.html."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from recommender.backup.manifest import BackupError

DUMP_NAME = "database.sqlite3.gz"


class SqliteSnapshot:
    """A copy of the database; it is what is queried and dumped."""

    def __init__(self, copy: sqlite3.Connection, path: Path) -> None:
        self.copy, self.path = copy, path

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.copy.execute(sql).fetchall()

    def dump(self, file: Path) -> None:
        with self.path.open("rb") as raw, gzip.open(file, "wb", compresslevel=6) as compressed:
            shutil.copyfileobj(raw, compressed, 1 << 20)


@contextmanager
def snapshot(connection: BaseDatabaseWrapper, scratch: Path) -> Iterator[SqliteSnapshot]:
    """Copy the database in one step. Others go on writing, because its journal is a WAL."""
    connection.ensure_connection()
    path = scratch / "snapshot.sqlite3"
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a WAL beside it
        yield SqliteSnapshot(copy, path)


def load(connection: BaseDatabaseWrapper, pieces: Iterator[bytes]) -> None:
    """Unpack the copy beside the database, check it, and write it in one transaction."""
    connection.ensure_connection()
    folder = Path(str(connection.settings_dict["NAME"])).parent
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as scratch:
        path = Path(scratch) / "snapshot.sqlite3"
        _unpack(pieces, path)
        try:
            with closing(sqlite3.connect(path)) as copy:
                found = copy.execute("PRAGMA quick_check").fetchone()[0]
                if found != "ok":
                    raise BackupError(f"{DUMP_NAME}: SQLite finds it damaged.")
                copy.backup(connection.connection)
        except sqlite3.Error as error:
            raise BackupError(f"{DUMP_NAME}: cannot be written: {error}") from error


def _unpack(pieces: Iterator[bytes], path: Path) -> None:
    unpacker = zlib.decompressobj(wbits=31)  # gzip
    with path.open("wb") as file:
        for piece in pieces:
            file.write(unpacker.decompress(piece))
        file.write(unpacker.flush())
