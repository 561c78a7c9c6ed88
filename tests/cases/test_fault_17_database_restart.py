"""Fault 17: a database that restarts while a catalogue trains."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils.timezone import now

from catalog.models import Catalog, Item
from config.env import BASE_DIR
from recommender.models import TrainingRun
from recommender.training import database_outage, execution, run_queries, runs
from tests.factories import make_interaction, make_profile
from tests.faults.postgres import NEEDED, PROGRAMS, Cluster

State = TrainingRun.State


@pytest.fixture
def run(catalog: Catalog, items: list[Item], artifacts: Path) -> TrainingRun:
    person = make_profile(catalog)
    for item in items[:3]:
        make_interaction(person, item)
    queued = runs.request_training(catalog=catalog, trigger="api", send=False)
    claimed = runs.claim_run(run_id=queued.pk)
    assert claimed is not None
    return claimed


def failing(times: int, act: Callable[..., Any]) -> Callable[..., Any]:
    """The function, away the first ``times`` times."""
    left = [times]

    def call(*given: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise OperationalError("server closed the connection unexpectedly")
        return act(*given, **named)

    return call


def test_what_was_asked_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(database_outage.time, "sleep", pauses.append)
    assert database_outage.outlasting(failing(3, lambda: "there")) == "there"
    assert pauses == [0.5, 1.0, 2.0]


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_outage.time, "sleep", lambda _seconds: None)
    with pytest.raises(OperationalError):
        database_outage.outlasting(failing(99, lambda: "there"), patience=0.0)


def test_a_run_that_the_database_ended_begins_again(
    run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.engine.train.train", failing(1, lambda *given: None))
    with pytest.raises(OperationalError):
        execution.carry_out(run)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.QUEUED, 1)
    assert "server closed the connection" in run.error
    assert now() < run.retry_at <= now() + timedelta(seconds=30)
    assert runs.claim_run(run_id=run.pk) is None  # not yet
    assert not run_queries.rests_until(run.catalog)
    TrainingRun.objects.update(retry_at=now())
    again = runs.claim_run(run_id=run.pk)
    assert again is not None
    assert (again.attempts, again.error) == (2, "")


def test_the_sweep_sends_it_when_its_time_has_come(
    run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(runs.queue, "enqueue_training", sent.append)
    runs.put_off_run(run_id=run.pk, error="away")
    runs.sweep_lost_runs()
    assert sent == []
    TrainingRun.objects.update(retry_at=now())
    runs.sweep_lost_runs()
    assert sent == [run.pk]


def test_a_run_does_not_begin_again_for_ever(run: TrainingRun) -> None:
    TrainingRun.objects.update(setbacks=runs.MOST_SETBACKS - 1)
    runs.put_off_run(run_id=run.pk, error="away")
    run.refresh_from_db()
    assert (run.state, run.error) == (State.FAILED, "away")


def test_another_waiting_run_takes_its_place(run: TrainingRun) -> None:
    runs.request_training(catalog=run.catalog, trigger="api", send=False)
    runs.put_off_run(run_id=run.pk, error="away")
    run.refresh_from_db()
    assert run.state == State.FAILED


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.remove()


STAGE = "SELECT stage FROM recommender_trainingrun"

PREPARE = """
from catalog.models import Catalog, Item, Interaction, Profile
shop = Catalog.objects.create(slug="shop", name="Shop")
things = [Item.objects.create(catalog=shop, external_id=f"i{k}", title=f"thing {k} of {k % 7}")
          for k in range(60)]
for person in range(80):
    profile = Profile.objects.create(catalog=shop, external_id=f"p{person}")
    for step in range(6):
        Interaction.objects.create(catalog=shop, profile=profile, kind="take",
                                   item=things[(person * 5 + step * step) % 60])
"""


@pytest.mark.faults
@pytest.mark.skipif(not PROGRAMS, reason=NEEDED)
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_training_outlasts_a_restart_of_postgresql(
    cluster: Cluster, tmp_path: Path, mode: str
) -> None:
    url = cluster.create("longtail")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "DATABASE_URL": url,
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "a key of this test alone, long enough for every check",
        "TEXT_ENCODER": "words",
        "OMP_NUM_THREADS": "1",
    }
    environment.pop("REDIS_URL", None)

    def manage(*given: str) -> list[str]:
        return [sys.executable, str(BASE_DIR / "manage.py"), *given]

    options: dict[str, Any] = {"cwd": BASE_DIR, "env": environment, "text": True}
    subprocess.run(manage("migrate", "-v0"), check=True, **options)
    subprocess.run(manage("shell", "-c", PREPARE), check=True, **options)
    training = subprocess.Popen(
        manage("train", "shop"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    wait_for_stage(lambda: cluster.ask(url, STAGE), training)
    cluster.pg_ctl("restart", "-m", mode)
    said, _nothing = training.communicate(timeout=240)
    assert training.returncode == 0, said
    assert "shop v1 is live" in said


def wait_for_stage(stage: Callable[[], str], training: subprocess.Popen[str]) -> None:
    """Until the child reports a stage of the training."""
    end = time.monotonic() + 120
    while time.monotonic() < end and training.poll() is None:
        if stage() in ("texts", "tuning", "evaluating"):
            return
        time.sleep(0.05)
    pytest.fail(f"the training did not begin: {training.poll()}")
