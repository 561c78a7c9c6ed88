"""What was backed up is there again in another instance."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from catalog.models import Catalog, Interaction, Profile
from recommender.backup.creation import create_backup
from recommender.backup.restoring import restore_backup
from recommender.models import ItemEnrichment, ModelVersion
from recommender.training import artifact_store
from tests.factories import make_catalog, make_item, make_profile, make_user
from tests.instances import another_instance, lists

pytestmark = pytest.mark.django_db(transaction=True)


def run(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "backup.tar"


@pytest.fixture
def other(settings, tmp_path):
    """Within it, this process is another instance without tables."""
    return lambda: another_instance(settings, tmp_path / "other")


@pytest.fixture
def pruned(live_version) -> ModelVersion:
    """An older version whose artifact was deleted to save space, as its row says."""
    return ModelVersion.objects.create(
        catalog=live_version.catalog, number=9, folder="shop/9-0", damage="Deleted to save space."
    )


def test_people_have_the_same_lists_in_the_restored_instance(live_version, file, other, artifacts):
    before, acts = lists(), Interaction.objects.count()
    made = create_backup(file)
    shutil.rmtree(artifacts)
    with other():
        restored = restore_backup(file)
        assert lists() == before
        assert any(before.values())
        assert Interaction.objects.count() == acts
        assert not artifact_store.damage_of(ModelVersion.objects.get(pk=live_version.pk).path)
        make_item(Catalog.objects.get(), title="Milk Jug")  # keys go on after those that are there
    assert restored == made.manifest
    assert restored.rows["catalog_interaction"] == acts
    assert restored.missing == {}


def test_commands_say_what_came_of_it(live_version, pruned, file, other):
    said = run("backup", str(file))
    assert "artifacts" in said
    assert "SECRET_KEY and other settings are not in it" in said
    assert "note:" not in said
    with other():
        said = run("restore", str(file))
    assert "100%  database" in said
    assert "Who was erased after that time is back" in said
    assert "migrate" not in said


def test_an_artifact_that_was_deleted_meanwhile_is_named(live_version, file, other, artifacts):
    shutil.rmtree(live_version.path)
    assert f"note: artifact {live_version.folder} is not in it" in run("backup", str(file))
    with other():
        assert f"artifact {live_version.folder} was not in the backup" in run("restore", str(file))


def test_a_damaged_artifact_is_named(live_version, file):
    (live_version.path / "counts.npy").write_bytes(b"")
    assert "counts.npy: 0 bytes" in create_backup(file).manifest.missing[live_version.folder]


def test_an_artifact_that_is_deleted_while_it_is_read_is_whole(live_version, file, monkeypatch):
    def checked_then_deleted(folder: Path) -> str:
        shutil.rmtree(folder)
        return ""

    names = {path.name for path in live_version.path.iterdir()}
    monkeypatch.setattr(artifact_store, "damage_of", checked_then_deleted)
    assert create_backup(file).manifest.missing == {}
    with tarfile.open(file) as tar:
        assert names <= {Path(name).name for name in tar.getnames()}


def test_the_file_has_no_secret_and_only_its_owner_reads_it(file):
    secret = make_user().email
    run("backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert django_settings.SECRET_KEY.encode() not in file.read_bytes()
    with tarfile.open(file) as tar:
        names = tar.getnames()
        manifest = tar.extractfile("manifest.json").read().decode()
    assert names[1:] == ["manifest.json", "manifest.sha256"]
    assert secret not in manifest
    assert json.loads(manifest)["database"] == connection.vendor
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_backup_replaces_no_file(file):
    file.write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        run("backup", str(file))
    assert file.read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("backup", str(tmp_path / "nowhere" / "backup.tar"))


def test_an_instance_without_tables_has_nothing_to_back_up(file, other):
    with other(), pytest.raises(CommandError, match="no tables"):
        run("backup", str(file))


def test_a_database_that_waits_for_a_migration_is_backed_up(file):
    """The upgrade's code is there already."""
    with connection.schema_editor() as editor:
        editor.delete_model(ItemEnrichment)
    try:
        assert "recommender_itemenrichment" not in create_backup(file).manifest.rows
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(ItemEnrichment)


def test_accounts_and_profiles_come_back_with_their_ids(file, other):
    user = make_user()
    make_profile(make_catalog(), user=user, external_id="zoé")
    create_backup(file)
    with other():
        restore_backup(file)
        assert Profile.objects.get(external_id="zoé").user == User.objects.get(pk=user.pk)


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="of SQLite's journal")
def test_a_write_that_is_not_finished_is_left_out_and_does_not_stop_it(file, other, tmp_path):
    make_catalog(slug="shop")
    create_backup(file)
    later = tmp_path / "later.tar"
    with other():
        restore_backup(file)
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as site:
            site.execute("UPDATE catalog_catalog SET name = 'half written'")
            create_backup(later)
            site.commit()
        assert Catalog.objects.get().name == "half written"
    shutil.rmtree(tmp_path / "other")
    with other():
        restore_backup(later)
        assert Catalog.objects.get().name != "half written"
