"""The stage files of runs: what a run goes on with, and when they are deleted."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.privacy import registry
from catalog.profiles.services import delete_profile
from recommender.models import ModelVersion, TrainingRun
from recommender.training import datasets, execution, runs, stages
from tests.factories import make_catalog, make_interaction, make_profile
from tests.recommender.worlds import two_camps

State = TrainingRun.State


class Killed(BaseException):
    """As a kill: nothing of the training's code runs after it."""


@pytest.fixture
def camps(catalog):
    return two_camps(catalog)


@pytest.fixture
def run(catalog, camps):
    run = runs.request_training(catalog=catalog, trigger="api", quick=True, send=False)
    return runs.claim_run(run_id=run.pk)


@pytest.fixture
def killed(run, monkeypatch):
    """The run after its process was killed while it wrote the artifact, and claimed again."""
    with monkeypatch.context() as patches:
        patches.setattr("recommender.training.artifact_store.write", kill)
        with pytest.raises(Killed):
            execution.carry_out(run)
    assert stored(run) == ["fitting", "reading", "texts", "tuning"]
    return claimed_again(run)


def kill(*given, **named):
    raise Killed


def claimed_again(run):
    runs.hand_back_run(run_id=run.pk)
    return runs.claim_run(run_id=run.pk)


def stored(run) -> list[str]:
    return sorted(path.stem for path in stages.folder_of(run.pk).glob("*"))


@pytest.fixture
def readings(monkeypatch):
    """How often the catalogue is read."""
    whole, readings = datasets.load, []
    monkeypatch.setattr(
        datasets, "load", lambda *given, **named: readings.append(1) or whole(*given, **named)
    )
    return readings


def test_a_killed_run_goes_on_with_the_data_that_it_read_first(killed, camps, readings):
    items, profiles = camps
    make_interaction(profiles[0], items[9])
    first = killed.data_at
    done = execution.carry_out(killed)
    assert (done.state, readings) == (State.SUCCEEDED, [])
    assert done.version.report["interactions"] == 120
    assert done.data_at == first
    assert done.started_at > first


def test_a_run_that_was_killed_after_it_published_promotes_that_version(run, monkeypatch):
    with monkeypatch.context() as patches:
        patches.setattr("recommender.training.versions.pass_gate", kill)
        with pytest.raises(Killed):
            execution.carry_out(run)
    done = execution.carry_out(claimed_again(run))
    assert done.state == State.SUCCEEDED
    version = ModelVersion.objects.get()
    assert (version.state, version.run) == (ModelVersion.State.LIVE, run)


@pytest.mark.parametrize("end", [runs.cancel_run, partial(runs.fail_run, error="x")])
def test_the_files_go_when_the_run_is_ended(killed, end, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        end(run_id=killed.pk)
    assert not stages.folder_of(killed.pk).exists()


def test_the_files_go_when_the_run_succeeds(killed, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        execution.carry_out(killed)
    assert not stages.folder_of(killed.pk).exists()


def test_the_files_stay_while_the_run_waits(killed):
    runs.put_off_run(run_id=killed.pk, error="away")
    stages.sweep()
    assert stored(killed)


class TestErasure:
    def test_the_files_of_the_catalogue_go_with_anybody(
        self, killed, camps, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            delete_profile(profile=camps[1][3], by="person")
        assert not stages.folder_of(killed.pk).exists()

    def test_the_files_of_other_catalogues_stay(self, killed, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            delete_profile(profile=make_profile(make_catalog()), by="person")
        assert stored(killed)

    def test_on_another_machine_the_sweep_finds_it(self, killed, camps):
        delete_profile(profile=camps[1][3], by="person")  # this machine hears nothing of it
        assert stages.sweep() == 1
        assert not stages.folder_of(killed.pk).exists()

    def test_a_run_that_begins_again_reads_without_the_person(self, killed, camps, readings):
        delete_profile(profile=camps[1][3], by="person")
        done = execution.carry_out(killed)
        assert (done.state, readings) == (State.SUCCEEDED, [1])
        assert done.version.report["people"] == 23
        assert done.data_at > killed.created_at

    def test_a_running_training_goes_on_and_stores_nothing_more(self, run, camps, monkeypatch):
        whole = datasets.load

        def read(*given, **named):
            data = whole(*given, **named)
            delete_profile(profile=camps[1][3], by="person")
            return data

        monkeypatch.setattr(datasets, "load", read)
        monkeypatch.setattr("recommender.training.artifact_store.write", kill)
        with pytest.raises(Killed):
            execution.carry_out(run)
        assert stored(run) == []


def test_a_damaged_file_is_done_again(killed, readings, caplog):
    for path in stages.folder_of(killed.pk).iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert execution.carry_out(killed).state == State.SUCCEEDED
    assert readings == [1]
    assert "is ignored" in caplog.text


def test_files_without_a_run_are_swept(run):
    stages.folder_of(999).mkdir(parents=True)
    (stages.folder_of(999) / "texts.stage").write_bytes(b"")
    stages.sweep()
    assert not stages.folder_of(999).exists()


def test_the_registry_of_personal_data_knows_the_files(killed):
    (kind,) = [kind for kind in registry.file_kinds() if kind.name == "stages"]
    assert [path.stem for path in kind.files("shop")] == stored(killed)
    assert kind.files("another") == []
