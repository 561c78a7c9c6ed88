"""What a backup says of itself: `manifest.json`, the last but one entry of its tar file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.migrations.loader import MigrationLoader

from config.version import product_version

FORMAT = 1
"""Raised when older code could not restore a newer file rightly."""

FILE_NAME, CHECKSUM_NAME = "manifest.json", "manifest.sha256"
ARTIFACTS = "artifacts/"
"""Where artifacts lie in the tar file, as below ARTIFACTS_DIR."""


class BackupError(Exception):
    """Why there is no backup or nothing was restored, in a sentence without personal data."""


@dataclass(frozen=True)
class Entry:
    """Size and checksum of one file in the tar file."""

    bytes: int
    sha256: str


@dataclass
class Manifest:
    """``rows``: by table. ``missing``: why, by the folder of an artifact that is not in it."""

    taken_at: str
    database: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    version: str
    format: int = FORMAT
    entries: dict[str, Entry] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in self.entries.values())


def read_manifest(content: bytes) -> Manifest:
    """Parse a manifest.

    The format is looked at first, because a newer one may have other fields.

    Raises:
        BackupError: if it is of a newer format, or no manifest.
    """
    try:
        values: dict[str, Any] = json.loads(content)
        made_by, number = str(values["version"]), int(values["format"])
        if number > FORMAT:
            raise BackupError(
                f"{FILE_NAME}: format {number}, made by Longtail {made_by}; this is Longtail "
                f"{product_version()}, which reads format {FORMAT}. Restore it with newer code."
            )
        entries = {name: Entry(**entry) for name, entry in values.pop("entries").items()}
        return Manifest(**values, entries=entries)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{FILE_NAME}: cannot be read: {error!r}") from None


def by_app(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Migrations by app, in the order in which they ran."""
    migrations = defaultdict(list)
    for app, name in names:
        migrations[app].append(name)
    return dict(migrations)


def unknown_migrations(migrations: Mapping[str, Iterable[str]]) -> list[str]:
    """Migrations that this code does not have, nor has squashed into others."""
    files = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    known = {*files, *(old for migration in files.values() for old in migration.replaces)}
    return [
        f"{app}.{name}"
        for app, names in migrations.items()
        for name in names
        if (app, name) not in known
    ]
