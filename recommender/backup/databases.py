"""What a backup needs of a database: one moment of it, a dump of that moment, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from recommender.backup import postgresql, sqlite
from recommender.backup.manifest import BackupError


class Snapshot(Protocol):
    """One moment of a database. What is written later is neither queried nor dumped."""

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a statement."""

    def dump(self, file: Path) -> None:
        """Write a new file, compressed."""


class Backend(Protocol):
    """A kind of database, with its own tools."""

    DUMP_NAME: str

    def snapshot(
        self, connection: BaseDatabaseWrapper, scratch: Path
    ) -> AbstractContextManager[Snapshot]:
        """Hold on to this moment. The site goes on writing. ``scratch``: an empty folder."""

    def load(self, connection: BaseDatabaseWrapper, pieces: Iterator[bytes]) -> None:
        """Write a dump into a database without tables: all of it or, on an error, nothing."""


BACKENDS: dict[str, Any] = {"postgresql": postgresql, "sqlite": sqlite}


def backend_of(connection: BaseDatabaseWrapper) -> Backend:
    try:
        return BACKENDS[connection.vendor]
    except KeyError:
        known = ", ".join(BACKENDS)
        raise BackupError(f"DATABASE_URL: {connection.vendor} is none of {known}") from None


def count_rows(
    query: Callable[[str], list[tuple[Any, ...]]], tables: Iterable[str]
) -> dict[str, int]:
    """Rows by table. ``query`` runs a statement."""
    return {table: query(f'SELECT COUNT(*) FROM "{table}"')[0][0] for table in tables}  # noqa: S608
