"""A real worker trains over Redis and PostgreSQL, and is killed during a training."""

from __future__ import annotations

from datetime import timedelta

import psutil
import pytest
from django.utils.timezone import now

from recommender.models import ModelVersion, TrainingRun
from recommender.serving import recommend
from recommender.training import queue, run_queries, runs
from tests.factories import make_catalog
from tests.recommender.worlds import two_camps
from tests.services.conftest import wait_for_end, wait_until

pytestmark = pytest.mark.services

State = TrainingRun.State


@pytest.fixture
def shop():
    catalog = make_catalog(slug="shop")
    two_camps(catalog, people=400, acts=7)
    return catalog


def request(catalog, **options) -> TrainingRun:
    return runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.API, **options)


def test_a_request_ends_in_a_version_that_serves(shop, start_worker):
    start_worker()
    run = wait_for_end(request(shop))
    assert (run.state, run.error) == (State.SUCCEEDED, "")
    version = run_queries.live_version(shop)
    assert version.run == run
    assert version.gate_passed
    page = recommend.recommend_for(shop.profiles.first(), catalog=shop, n=5)
    assert (page.version, page.fallback, len(page.cards)) == (version, None, 5)

    again = wait_for_end(request(shop))
    assert again.state == State.SKIPPED
    forced = wait_for_end(request(shop, force=True))
    assert forced.state == State.SUCCEEDED
    assert ModelVersion.objects.count() == 2


def running_child(run: TrainingRun, worker) -> psutil.Process:
    """The training process, after it has begun."""

    def begun() -> psutil.Process | None:
        run.refresh_from_db()
        assert not run.is_over, f"{run.state} {run.error}"
        return worker.training_process() if run.stage else None

    return wait_until(begun, "the training did not begin")


def unavailable(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_when_the_worker_is_killed_the_sweep_queues_the_run_and_another_ends_it(shop, start_worker):
    worker = start_worker()
    run = request(shop)
    child = running_child(run, worker)
    worker.kill()
    wait_until(lambda: unavailable(child), "the training process outlived its worker", seconds=20)
    assert runs.sweep_lost_runs() == 0  # it was alive a moment ago

    TrainingRun.objects.filter(pk=run.pk, state=State.RUNNING).update(
        heartbeat_at=now() - timedelta(seconds=61)
    )
    assert runs.sweep_lost_runs() == 1
    run.refresh_from_db()
    assert (run.state, run.error) == (State.QUEUED, "The worker stopped.")
    assert run_queries.live_version(shop) is None

    start_worker()
    assert wait_for_end(run).state == State.SUCCEEDED


def test_when_only_the_parent_is_killed_its_processes_and_the_training_end(shop, start_worker):
    """The kernel kills Celery's pool processes with their parent. The training watches the pool."""
    worker = start_worker()
    child = running_child(request(shop), worker)
    worker.kill_parent_only()
    wait_until(lambda: unavailable(child), "the training process outlived its worker", seconds=20)


def test_two_workers_train_one_run_once(shop, start_worker):
    workers = [start_worker(), start_worker()]
    run = request(shop)
    # The same message a second time, as after a lost acknowledgement.
    queue.enqueue_training(run.pk)
    wait_for_end(run)
    assert run.state == State.SUCCEEDED
    wait_until(
        lambda: sum("succeeded in" in worker.log.read_text() for worker in workers) or None,
        "no task ended",
    )
    assert ModelVersion.objects.count() == 1
