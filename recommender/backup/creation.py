"""Making a backup while the site runs."""

from __future__ import annotations

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.version import product_version
from recommender.backup.databases import Snapshot, backend_of, count_rows
from recommender.backup.manifest import (
    ARTIFACTS,
    CHECKSUM_NAME,
    FILE_NAME,
    BackupError,
    Entry,
    Manifest,
    by_app,
)
from recommender.engine.data.errors import EngineError
from recommender.engine.data.types import Progress
from recommender.training import artifact_store, remote_artifacts

OUR_APPS = ("accounts", "catalog", "recommender")

MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"
VERSIONS = "SELECT folder, damage FROM recommender_modelversion WHERE folder <> '' ORDER BY id"
"""A version whose artifact was deleted to save space says so in ``damage``."""


@dataclass(frozen=True)
class Made:
    """``sha256``: of the whole file, as `sha256sum` prints it."""

    manifest: Manifest
    sha256: str


def create_backup(file: Path, progress: Progress | None = None) -> Made:
    """Write a new file. It appears complete or not at all, and only its owner can read it.

    Raises:
        BackupError: if the file exists or cannot be written, or the database is empty.
    """
    if file.exists():
        raise BackupError(f"{file}: exists already, and a backup never replaces a file.")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
            scratch = Path(folder)
            unfinished = scratch / "unfinished.tar"
            made = _write(unfinished, scratch, progress or (lambda stage, fraction: None))
            unfinished.rename(file)
    except OSError as error:
        raise BackupError(f"{file}: cannot be written: {error.strerror or error}") from error
    return made


def our_tables() -> list[str]:
    """The tables whose rows are counted: those of Longtail's own apps.

    Newer code may have tables that `migrate` has not made yet.
    """
    models = (model for app in OUR_APPS for model in apps.get_app_config(app).get_models())
    there = connection.introspection.table_names()
    return sorted({model._meta.db_table for model in models}.intersection(there))


def _write(path: Path, scratch: Path, progress: Progress) -> Made:
    backend = backend_of(connection)
    if not connection.introspection.table_names():
        raise BackupError("The database has no tables: there is nothing to back up.")
    dump = scratch / "dump"
    progress("database", 0.0)
    with backend.snapshot(connection, scratch) as snapshot:
        manifest, versions = _describe(snapshot), snapshot.query(VERSIONS)
        snapshot.dump(dump)
    progress("database", 1.0)
    with _new_file(path) as target, tarfile.open(mode="w|", fileobj=target) as tar:  # type: ignore[call-overload]
        contents = _Contents(tar, manifest)
        with dump.open("rb") as dumped:
            contents.add(backend.DUMP_NAME, dumped)
        for done, (folder, damage) in enumerate(versions):
            progress("artifacts", done / len(versions))
            contents.add_artifact(folder, is_expected=not damage)
        progress("artifacts", 1.0)
        contents.close()
    return Made(manifest, target.sha256.hexdigest())


def _describe(snapshot: Snapshot) -> Manifest:
    return Manifest(
        taken_at=timezone.now().isoformat(timespec="seconds"),
        database=connection.vendor,
        migrations=by_app(snapshot.query(MIGRATIONS)),
        rows=count_rows(snapshot.query, our_tables()),
        version=product_version(),
    )


class _Contents:
    """The entries of a tar file; each is hashed while it is written."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self.tar, self.manifest = tar, manifest

    def add(self, name: str, file: IO[bytes]) -> None:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        hashed = _Hashed(file.read)
        self.tar.addfile(_header(name, size), hashed)  # type: ignore[arg-type]
        self.manifest.entries[name] = Entry(size, hashed.sha256.hexdigest())

    def add_artifact(self, folder: str, is_expected: bool) -> None:
        """Add its files, or say why it cannot be read.

        The files are opened before they are checked: what is deleted from then on is read all the
        same. Training deletes old artifacts while the site runs. What is only in ARTIFACT_STORE is
        fetched first.
        """
        path = Path(settings.ARTIFACTS_DIR) / folder
        with ExitStack() as files:
            try:
                if is_expected:
                    remote_artifacts.fetch(path)
                opened = {
                    each.name: files.enter_context(each.open("rb"))
                    for each in sorted(path.iterdir())
                }
                reason = artifact_store.damage_of(path)
            except EngineError as error:
                reason = str(error)
            except OSError as error:
                reason = f"{path}: {error.strerror}"
                if not (is_expected or path.exists()):
                    return  # deleted before the snapshot, and its row says so
            if reason:
                self.manifest.missing[folder] = reason
                return
            for name, file in opened.items():
                self.add(f"{ARTIFACTS}{folder}/{name}", file)

    def close(self) -> None:
        content = self.manifest.to_json()
        checksum = f"{hashlib.sha256(content).hexdigest()}  {FILE_NAME}\n".encode()
        for name, text in ((FILE_NAME, content), (CHECKSUM_NAME, checksum)):
            self.tar.addfile(_header(name, len(text)), BytesIO(text))


def _header(name: str, size: int) -> tarfile.TarInfo:
    """Without the names of this machine's accounts."""
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size, 0o600, int(timezone.now().timestamp())
    return header


class _Hashed:
    """A file that hashes what passes through its one function."""

    def __init__(self, pass_on: Callable[[Any], Any]) -> None:
        self.sha256, self._pass_on = hashlib.sha256(), pass_on

    def read(self, size: int) -> bytes:
        piece: bytes = self._pass_on(size)
        self.sha256.update(piece)
        return piece

    def write(self, piece: bytes) -> None:
        self.sha256.update(piece)
        self._pass_on(piece)


@contextmanager
def _new_file(path: Path) -> Iterator[_Hashed]:
    """On the disk at the end; readable by its owner only, because it holds personal data."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        yield _Hashed(file.write)
        file.flush()
        os.fsync(file.fileno())
