"""A backup of PostgreSQL is one moment, and errors hold no row.

The round trip runs here too: `make test-services` runs tests/recommender/backup on PostgreSQL.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.db import connection

from catalog.models import Profile
from recommender.backup import postgresql
from recommender.backup.creation import create_backup
from recommender.backup.manifest import BackupError
from recommender.backup.restoring import restore_backup
from recommender.models import TrainingRun
from recommender.training import execution, runs
from tests.factories import make_profile
from tests.instances import another_instance, lists
from tests.recommender.worlds import two_camps
from tests.services.conftest import at_once

pytestmark = pytest.mark.services


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "backup.tar"


def test_what_is_written_meanwhile_is_in_no_part_of_it(
    catalog, file, settings, tmp_path, monkeypatch
):
    """Another connection writes between the counts and the dump."""
    dump = postgresql.PostgresqlSnapshot.dump

    def written_first(snapshot, path):
        at_once(lambda: make_profile(catalog, external_id="late"))
        dump(snapshot, path)

    monkeypatch.setattr(postgresql.PostgresqlSnapshot, "dump", written_first)
    make_profile(catalog, external_id="early")
    assert create_backup(file).manifest.rows["catalog_profile"] == 1
    assert Profile.objects.count() == 2
    with another_instance(settings, tmp_path / "other"):
        restore_backup(file)
        assert Profile.objects.get().external_id == "early"


def test_200_people_have_the_same_lists_in_an_empty_instance(
    catalog, file, settings, tmp_path, artifacts
):
    """A training's own model, database and artifact from one file, the former instance away."""
    two_camps(catalog, people=200, acts=6)
    run = runs.request_training(
        catalog=catalog, trigger=TrainingRun.Trigger.COMMAND, quick=True, send=False
    )
    execution.carry_out(runs.claim_run(run_id=run.pk))
    before = lists()
    assert len(before) == 200
    assert len({tuple(items) for items in before.values()}) > 10
    assert all(before.values())
    create_backup(file)
    shutil.rmtree(artifacts)
    with another_instance(settings, tmp_path / "other"):
        restore_backup(file)
        assert lists() == before


def test_a_tool_that_is_not_there_is_named(file, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BackupError, match="pg_dump: is not installed"):
        create_backup(file)
    assert not file.exists()


def test_an_error_of_a_tool_tells_no_row(tmp_path, monkeypatch):
    """PostgreSQL names the row that breaks a rule in the lines after the first."""
    tool = tmp_path / "pg_restore"
    tool.write_text(
        "#!/bin/sh\n"
        "echo 'pg_restore: error: COPY failed for table \"accounts_user\"' >&2\n"
        "echo 'CONTEXT: COPY accounts_user, line 1: ann@example.org' >&2\n"
        "exit 1\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(BackupError) as raised:
        postgresql.load(connection, iter([b"0" * 2**20]))
    assert str(raised.value) == 'pg_restore: COPY failed for table "accounts_user"'


def test_what_is_no_dump_leaves_no_table(settings, tmp_path):
    with another_instance(settings, tmp_path / "other"):
        with pytest.raises(BackupError, match="pg_restore: "):
            postgresql.load(connection, iter([b"no dump at all"]))
        assert connection.introspection.table_names() == []
