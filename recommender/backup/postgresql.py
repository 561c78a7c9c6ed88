"""PostgreSQL, by its own pg_dump and pg_restore in the custom format."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from recommender.backup.manifest import BackupError

DUMP_NAME = "database.pgdump"


class PostgresqlSnapshot:
    """A transaction that sees one moment, and its name, by which pg_dump sees the same."""

    def __init__(self, connection: BaseDatabaseWrapper, name: str) -> None:
        self.connection, self.name = connection, name

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def dump(self, file: Path) -> None:
        arguments = ["--format=custom", f"--snapshot={self.name}", f"--file={file}"]
        _run(self.connection, "pg_dump", arguments)


@contextmanager
def snapshot(connection: BaseDatabaseWrapper, scratch: Path) -> Iterator[PostgresqlSnapshot]:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # a server that ends idle transactions would end this one while pg_dump works
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield PostgresqlSnapshot(connection, cursor.fetchone()[0])


def load(connection: BaseDatabaseWrapper, pieces: Iterator[bytes]) -> None:
    """Owners and rights are those of the account that restores."""
    name = connection.settings_dict["NAME"]
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run(connection, "pg_restore", [*arguments, f"--dbname={name}"], pieces)


def _run(
    connection: BaseDatabaseWrapper,
    tool: str,
    arguments: Sequence[str],
    pieces: Iterable[bytes] = (),
) -> None:
    """Run a tool on the database; ``pieces`` are its input.

    Raises:
        BackupError: if it is not installed or fails, with its first line of error.
    """
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603
                [tool, "--no-password", *arguments],
                stdin=subprocess.PIPE,
                stderr=errors,
                env=_environment(connection),
            )
        except FileNotFoundError:
            raise BackupError(
                f"{tool}: is not installed. Install PostgreSQL's client programs, of the server's "
                "version or newer."
            ) from None
        with process:
            _feed(process, pieces)
        errors.seek(0)
        if process.returncode:
            raise BackupError(_first_error(tool, errors.read().decode(errors="replace")))


def _feed(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    """Write its input. The pipe is closed at the real end only, or after the process is killed:
    it would take any end for that of the dump."""
    assert process.stdin is not None
    try:
        with suppress(BrokenPipeError):  # who ends early has said why on stderr
            for piece in pieces:
                process.stdin.write(piece)
    except BaseException:
        process.kill()
        raise
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()


def _environment(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """libpq's variables: a password among the arguments would be seen by others."""
    settings = connection.settings_dict
    _arguments, special = connection.client.settings_to_cmd_args_env(settings, [])
    plain = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGDATABASE": "NAME"}
    named = {name: str(settings[key]) for name, key in plain.items() if settings.get(key)}
    return {**os.environ, **named, **(special or {})}


def _first_error(tool: str, said: str) -> str:
    """Its first line of error only: the lines after it may hold values of rows."""
    for line in said.splitlines():
        if "error:" in line:
            return f"{tool}: {line.partition('error:')[2].strip()}"
    return f"{tool}: failed without saying why"
