"""Restoring a backup into an empty instance: everything or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.version import product_version
from recommender.backup.archive import Archive, open_archive
from recommender.backup.databases import backend_of, count_rows
from recommender.backup.manifest import (
    ARTIFACTS,
    BackupError,
    Manifest,
    unknown_migrations,
)
from recommender.engine.data.errors import EngineError
from recommender.engine.data.types import Progress
from recommender.training import remote_artifacts

SHOWN = 5
"""Names in one message; the rest is counted."""


def restore_backup(file: Path, progress: Progress | None = None) -> Manifest:
    """Check a file, then write its artifacts, and last its database in one transaction.

    So rows never name an artifact that is not there yet, and an instance whose restore failed has
    no tables.

    Raises:
        BackupError: if the file is damaged or newer than this code, or the instance is not empty.
            Then nothing was written, or what was is deleted again.
    """
    report = progress or (lambda stage, fraction: None)
    with open_archive(file) as archive:
        _check_fit(archive.manifest)
        _check_empty()
        archive.verify(report)
        with _deleted_on_failure(archive):
            _write_artifacts(archive, report)
            _upload_artifacts(archive)
            _load_database(archive, report)
        _compare_rows(archive.manifest)
        return archive.manifest


def migrations_to_run() -> list[str]:
    """What `migrate` would do now: the backup may come from older code."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _check_fit(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.database}, and DATABASE_URL names {connection.vendor}."
        )
    if unknown := unknown_migrations(manifest.migrations):
        raise BackupError(
            f"The backup was made by Longtail {manifest.version} and knows migrations that this "
            f"code, {product_version()}, has not: {_some(unknown)}. Restore it with newer code."
        )


def _check_empty() -> None:
    found = []
    if tables := sorted(connection.introspection.table_names()):
        found.append(f"the database {_database_name()} has tables: {_some(tables)}")
    folder = Path(settings.ARTIFACTS_DIR)
    if folder.is_dir() and (names := sorted(path.name for path in folder.iterdir())):
        found.append(f"ARTIFACTS_DIR {folder} has folders: {_some(names)}")
    if found:
        raise BackupError(
            f"A backup is restored into an empty instance only, and {'; '.join(found)}. "
            "Take a new database, without `migrate`, and an empty folder."
        )


def _database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


@contextmanager
def _deleted_on_failure(archive: Archive) -> Iterator[None]:
    """Delete the artifacts of the backup again when what follows fails."""
    root = Path(settings.ARTIFACTS_DIR)
    try:
        root.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException as error:
        for name in archive.artifact_files():
            shutil.rmtree(root / name.split("/")[1], ignore_errors=True)
        if isinstance(error, OSError):
            where = error.filename or root
            raise BackupError(f"{where}: cannot be written: {error.strerror or error}") from error
        raise


def _write_artifacts(archive: Archive, progress: Progress) -> None:
    names = archive.artifact_files()
    for done, name in enumerate(names):
        progress("artifacts", done / len(names))
        path = Path(settings.ARTIFACTS_DIR) / name.removeprefix(ARTIFACTS)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for piece in archive.pieces(name):
                file.write(piece)
    progress("artifacts", 1.0)


def _upload_artifacts(archive: Archive) -> None:
    """With ARTIFACT_STORE the other machines fetch them there."""
    folders = {name.removeprefix(ARTIFACTS).rpartition("/")[0] for name in archive.artifact_files()}
    try:
        for folder in sorted(folders):
            remote_artifacts.upload(Path(settings.ARTIFACTS_DIR) / folder)
    except EngineError as error:
        raise BackupError(str(error)) from error


def _load_database(archive: Archive, progress: Progress) -> None:
    backend, done = backend_of(connection), 0
    size = archive.manifest.entries[backend.DUMP_NAME].bytes

    def pieces() -> Iterator[bytes]:
        nonlocal done
        for piece in archive.pieces(backend.DUMP_NAME):
            yield piece
            done += len(piece)
            progress("database", done / size)

    backend.load(connection, pieces())


def _compare_rows(manifest: Manifest) -> None:
    """The tool's own success is not trusted with everything that people have."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    counted = count_rows(query, manifest.rows)
    for table, rows in manifest.rows.items():
        if counted[table] != rows:
            raise BackupError(
                f"{table}: {counted[table]} rows instead of {rows}. Do not use this instance: "
                f"delete the database {_database_name()} and what is in {settings.ARTIFACTS_DIR}."
            )
