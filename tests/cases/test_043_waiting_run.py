"""Case 43: a training that waits for a worker that never comes."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import now

from catalog.models import Catalog, Item
from recommender.models import TrainingRun
from recommender.training import child_process, runs, workers
from tests.api_clients import reader, writer
from tests.factories import make_interaction, make_profile

State = TrainingRun.State


@pytest.fixture
def waiting(catalog: Catalog, items: list[Item], artifacts: Path) -> TrainingRun:
    """A queued run of a catalogue with a few events."""
    person = make_profile(catalog)
    for item in items[:3]:
        make_interaction(person, item)
    return runs.request_training(catalog=catalog, trigger="api", send=False)


@pytest.fixture(params=[True, False])
def has_worker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(workers, "any_trains", lambda: request.param)
    return request.param


def test_train_takes_the_waiting_run_if_no_worker_answers(
    waiting: TrainingRun, has_worker: bool
) -> None:
    said = StringIO()
    if has_worker:
        with pytest.raises(CommandError, match=f"run {waiting.pk}.*--take-over.*cancel_run"):
            call_command("train", waiting.catalog.slug, "--here", stderr=said, stdout=StringIO())
        return
    call_command("train", waiting.catalog.slug, "--here", stderr=said, stdout=StringIO())
    waiting.refresh_from_db()
    assert waiting.state == State.SUCCEEDED
    assert f"No worker answers. Run {waiting.pk} is trained here." in said.getvalue()


def test_take_over_trains_the_waiting_run(waiting: TrainingRun) -> None:
    slug = waiting.catalog.slug
    call_command("train", slug, "--here", "--take-over", "--force", stdout=StringIO())
    waiting.refresh_from_db()
    assert (waiting.state, waiting.force) == (State.SUCCEEDED, True)


def test_a_run_whose_process_died_blocks_nobody(waiting: TrainingRun) -> None:
    runs.claim_run(run_id=waiting.pk)
    TrainingRun.objects.update(heartbeat_at=now() - timedelta(minutes=5))
    call_command("train", waiting.catalog.slug, "--here", stdout=StringIO())
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == (State.SUCCEEDED, 2)


def test_take_over_begins_a_run_where_none_waits(
    catalog: Catalog, items: list[Item], artifacts: Path
) -> None:
    call_command("train", catalog.slug, "--here", "--take-over", stdout=StringIO())
    assert TrainingRun.objects.get().state == State.SUCCEEDED


def test_the_command_cancels_what_waits_and_what_runs(waiting: TrainingRun) -> None:
    runs.claim_run(run_id=waiting.pk)
    other = runs.request_training(catalog=waiting.catalog, trigger="api", send=False)
    said = StringIO()
    call_command("cancel_run", waiting.catalog.slug, stdout=said)
    assert set(TrainingRun.objects.values_list("state", flat=True)) == {State.CANCELLED}
    assert f"Run {other.pk} is cancelled." in said.getvalue()
    with pytest.raises(CommandError, match="no run waits or runs"):
        call_command("cancel_run", waiting.catalog.slug)
    with pytest.raises(CommandError, match="is over already"):
        call_command("cancel_run", waiting.catalog.slug, "--run", str(other.pk))


def test_the_api_cancels(waiting: TrainingRun) -> None:
    api = writer(waiting.catalog)
    answer = api.post(f"training-runs/{waiting.pk}/cancel", status=200)
    assert answer["state"] == "cancelled"
    assert api.post(f"training-runs/{waiting.pk}/cancel", status=409)["code"] == "training_over"
    api.post("training-runs/99/cancel", status=404)
    api.post(f"training-runs/{waiting.pk}/cancel", {"why": "no"}, status=400)
    reader(waiting.catalog).post(f"training-runs/{waiting.pk}/cancel", status=403)
    assert api.post("training-runs", status=202)["state"] == "queued"


def test_the_admin_cancels(waiting: TrainingRun, admin_client: Client) -> None:
    page = admin_client.get(f"/admin/recommender/trainingrun/{waiting.pk}/change/")
    assert "Cancel this run" in page.content.decode()
    address = f"/admin/recommender/trainingrun/{waiting.pk}/cancel/"
    assert "ends within seconds" in admin_client.get(address).content.decode()
    admin_client.post(address)
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED
    page = admin_client.get(f"/admin/recommender/trainingrun/{waiting.pk}/change/").content.decode()
    assert "Run again" in page
    assert address not in page


def test_cancelling_ends_the_training_process(
    waiting: TrainingRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    code = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    monkeypatch.setattr(child_process, "command_for", lambda run: [sys.executable, "-c", code])
    run = runs.claim_run(run_id=waiting.pk)
    assert run is not None

    def cancel(_run: TrainingRun) -> None:
        if pid.exists() and pid.read_text():
            runs.cancel_run(run_id=waiting.pk)

    child_process.train(run, watch=cancel, seconds=0.05)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (State.CANCELLED, "")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
