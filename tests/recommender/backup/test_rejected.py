"""What is not restored, and that nothing is written then."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from recommender.backup import databases, restoring
from recommender.backup.creation import create_backup
from recommender.backup.manifest import BackupError
from recommender.backup.restoring import restore_backup
from tests.factories import make_catalog
from tests.instances import another_instance
from tests.recommender.worlds import publish_by_hand, two_camps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(tmp_path, artifacts) -> Path:
    """A backup with one artifact."""
    catalog = make_catalog(slug="shop")
    two_camps(catalog)
    publish_by_hand(catalog, 1)
    path = tmp_path / "backup.tar"
    create_backup(path)
    return path


@pytest.fixture
def reason(settings, tmp_path) -> Callable[[Path], str]:
    """Why a file is not restored into an empty instance, which stays empty."""

    def asked(file: Path) -> str:
        with another_instance(settings, tmp_path / "other"):
            with pytest.raises(BackupError) as raised:
                restore_backup(file)
            assert connection.introspection.table_names() == []
            folder = Path(settings.ARTIFACTS_DIR)
            assert not folder.exists() or list(folder.iterdir()) == []
            return str(raised.value)

    return asked


def rewrite(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the entries of a backup, by name."""
    with tarfile.open(file) as tar:
        entries = {name: tar.extractfile(name).read() for name in tar.getnames()}
    change(entries)
    with tarfile.open(file, "w") as tar:
        for name, content in entries.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, BytesIO(content))


def describe(file: Path, **fields: Any) -> None:
    """Change fields of the manifest, and its checksum too."""

    def change(entries: dict[str, bytes]) -> None:
        content = json.dumps({**json.loads(entries["manifest.json"]), **fields}).encode()
        entries["manifest.json"] = content
        entries["manifest.sha256"] = hashlib.sha256(content).hexdigest().encode()

    rewrite(file, change)


def test_a_flipped_bit_is_found_before_anything_is_written(file, reason):
    def flip(entries: dict[str, bytes]) -> None:
        [name] = [name for name in entries if name.endswith("/counts.npy")]
        entries[name] = entries[name][:-1] + bytes([entries[name][-1] ^ 1])

    rewrite(file, flip)
    assert "counts.npy is damaged" in reason(file)


def test_a_file_that_is_cut_off_is_named(file, reason):
    content = file.read_bytes()
    for length in (len(content) // 2, 100, 0):
        file.write_bytes(content[:length])
        with pytest.raises(BackupError, match=r"cut off|cannot be read"):
            restore_backup(file)


def test_a_manifest_that_was_edited_is_found(file, reason):
    rewrite(file, lambda e: e.update({"manifest.json": e["manifest.json"].replace(b"0", b"1")}))
    assert "manifest.json" in reason(file)


def test_an_entry_too_many_or_too_few_is_named(file, reason):
    rewrite(file, lambda entries: entries.update({"../../evil": b""}))
    assert "../../evil is missing, or not in manifest.json" in reason(file)


def test_an_entry_that_leaves_its_folder_is_named(file, reason):
    evil = {"bytes": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    with tarfile.open(file) as tar:
        entries = json.loads(tar.extractfile("manifest.json").read())["entries"]
    rewrite(file, lambda entries: entries.update({"artifacts/../../evil": b""}))
    describe(file, entries={**entries, "artifacts/../../evil": evil})
    assert "is not a plain file" in reason(file)


def test_a_newer_format_is_named_with_the_code_that_made_it(file, reason):
    describe(file, format=2, version="9.8.7", more="fields")
    said = reason(file)
    assert "format 2, made by Longtail 9.8.7" in said
    assert "reads format 1" in said


def test_migrations_of_newer_code_are_named(file, reason):
    describe(file, version="9.8.7", migrations={"catalog": ["0001_initial", "0999_more"]})
    said = reason(file)
    assert "catalog.0999_more" in said
    assert "0001_initial" not in said


def test_another_kind_of_database_is_named(file, reason):
    describe(file, database="oracle")
    assert f"is of oracle, and DATABASE_URL names {connection.vendor}" in reason(file)


def test_no_backup_at_all(tmp_path, reason):
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary")
    assert "notes.txt: cannot be read" in reason(file)


def test_an_instance_that_is_not_empty_is_named_with_what_it_holds(file, settings):
    with pytest.raises(BackupError) as raised:
        restore_backup(file)
    assert "has tables: account_emailaddress" in str(raised.value)
    assert f"ARTIFACTS_DIR {settings.ARTIFACTS_DIR} has folders: shop" in str(raised.value)


def test_artifacts_are_deleted_again_when_the_database_fails(file, reason, monkeypatch):
    class Failing:
        DUMP_NAME = databases.backend_of(connection).DUMP_NAME

        def load(self, connection, pieces) -> None:
            next(pieces)
            raise OSError(28, "No space left on device", "the database")

    monkeypatch.setattr(restoring, "backend_of", lambda connection: Failing())
    assert "the database: cannot be written: No space left on device" in reason(file)


def test_a_dump_that_breaks_off_leaves_no_table(file, reason, monkeypatch):
    whole = restoring.Archive.pieces

    def broken_off(archive, name):
        pieces = whole(archive, name)
        if name.startswith("database"):
            monkeypatch.setattr(restoring.Archive, "pieces", whole)
            yield next(pieces)[:2000]
            raise OSError(5, "Input/output error")
        yield from pieces

    monkeypatch.setattr(restoring.Archive, "verify", lambda archive, progress: None)
    monkeypatch.setattr(restoring.Archive, "pieces", broken_off)
    assert "Input/output error" in reason(file)


def test_rows_are_counted_again(file, settings, tmp_path):
    describe(file, rows={"catalog_catalog": 7})
    expected = pytest.raises(
        BackupError, match=r"catalog_catalog: 1 rows instead of 7\. Do not use"
    )
    with another_instance(settings, tmp_path / "other"), expected:
        restore_backup(file)
