"""The clock jumps, forwards or backwards: nothing is failed, deleted or waits for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from celery.schedules import schedule
from django.utils.timezone import now
from django_celery_beat.models import PeriodicTask

from accounts.login import slow_down
from accounts.tasks import forget_what_is_old
from catalog.feeds import runs as feed_runs
from catalog.models import Catalog, Feed
from catalog.tasks import forget_old_uploads
from config import celery_app, clock, health, silence
from config.workers import HeartbeatScheduler, SteadyEntry
from recommender.models import Heartbeat, Impression, TrainingRun
from recommender.tasks import forget_old_impressions
from recommender.training import heartbeats, run_queries, runs
from tests.factories import make_catalog, make_item, make_profile

pytestmark = pytest.mark.django_db

YEARS = timedelta(days=800)
State = TrainingRun.State


@pytest.fixture
def run(catalog: Catalog) -> TrainingRun:
    queued = runs.request_training(catalog=catalog, trigger="api", send=False)
    claimed = runs.claim_run(run_id=queued.pk)
    assert claimed is not None
    return claimed


@pytest.mark.parametrize("jump", [YEARS, -YEARS])
def test_a_training_whose_heartbeats_go_on_is_not_lost(
    run: TrainingRun, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    TrainingRun.objects.update(heartbeat_at=now() - jump)
    monkeypatch.setattr(silence, "sleep", lambda seconds: runs.beat(run_id=run.pk))
    assert runs.sweep_lost_runs() == 0


@pytest.mark.parametrize("jump", [YEARS, -YEARS])
def test_a_training_without_heartbeats_is_lost_whatever_the_clock_says(
    run: TrainingRun, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    TrainingRun.objects.update(heartbeat_at=now() - jump)
    waited: list[float] = []
    monkeypatch.setattr(silence, "sleep", waited.append)
    assert runs.sweep_lost_runs() == 1
    assert waited == [runs.PROOF]


def test_a_training_that_was_put_off_does_not_wait_for_years(
    run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(runs.queue, "enqueue_training", sent.append)
    runs.put_off_run(run_id=run.pk, error="away")
    TrainingRun.objects.update(retry_at=now() + YEARS, created_at=now() + YEARS)
    runs.sweep_lost_runs()
    assert sent == [run.pk]
    assert runs.claim_run(run_id=run.pk)


def test_a_training_that_was_requested_by_a_clock_ahead_is_sent_again(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(runs.queue, "enqueue_training", sent.append)
    queued = runs.request_training(catalog=catalog, trigger="api", send=False)
    TrainingRun.objects.update(created_at=now() + YEARS)
    runs.sweep_lost_runs()
    assert sent == [queued.pk]


def test_the_rest_after_a_failure_is_no_longer_than_it_is(run: TrainingRun) -> None:
    runs.fail_run(run_id=run.pk, error="x")
    assert run_queries.rests_until(run.catalog)
    TrainingRun.objects.update(finished_at=now() + YEARS)
    assert run_queries.rests_until(run.catalog) is None


def test_a_feed_does_not_wait_for_the_day_that_a_wrong_clock_chose(catalog: Catalog) -> None:
    feed = Feed.objects.create(catalog=catalog, name="all", address="all.csv", at="03:30")
    Feed.objects.update(next_at=now() + YEARS)
    assert [each.feed for each in feed_runs.run_due_feeds()] == [feed]
    assert feed_runs.run_due_feeds() == []
    feed.refresh_from_db()
    assert feed.next_at is not None
    assert feed.next_at < now() + timedelta(days=2)


def test_a_worker_that_was_seen_in_the_future_is_silent() -> None:
    for seen_at, word in (
        (now(), "ok"),
        (now() - timedelta(minutes=2), "silent"),
        (now() + YEARS, "silent"),
    ):
        Heartbeat.objects.update_or_create(name=health.WORKER, defaults={"seen_at": seen_at})
        assert heartbeats.states()[health.WORKER][0] == word


def test_nobody_waits_for_years_after_a_wrong_password(rf: Any) -> None:
    AccessAttempt.objects.create(
        username="a@example.org", ip_address="127.0.0.1", user_agent="x", failures_since_start=9
    )
    AccessAttempt.objects.update(attempt_time=now() + YEARS)
    assert 0 < slow_down.seconds_to_wait("a@example.org", "127.0.0.1", "x") <= 60


# Deletions


def impression(age: timedelta) -> None:
    catalog = make_catalog()
    Impression.objects.create(
        profile=make_profile(catalog), item=make_item(catalog), position=1, created_at=now() - age
    )


def test_nothing_is_deleted_just_after_the_clock_jumped() -> None:
    impression(YEARS)
    heartbeats.beat([health.BEAT])
    assert clock.is_steady()
    Heartbeat.objects.update(seen_at=now() - YEARS)  # the clock jumped; nothing has noticed it yet
    assert not clock.is_steady()
    assert (forget_old_impressions(), forget_old_uploads(), forget_what_is_old()) == (0, 0, 0)
    heartbeats.beat([health.BEAT])
    assert not clock.is_steady()
    assert forget_old_impressions() == 0
    Heartbeat.objects.filter(name=heartbeats.CLOCK).update(seen_at=now() - timedelta(hours=25))
    assert clock.is_steady()
    assert forget_old_impressions() == 1


def test_a_clock_that_went_back_is_a_jump_too() -> None:
    Heartbeat.objects.create(name=health.BEAT, seen_at=now() + YEARS)
    heartbeats.beat([health.BEAT])
    assert not clock.is_steady()


def test_a_restart_is_no_jump() -> None:
    Heartbeat.objects.create(name=health.BEAT, seen_at=now() - timedelta(hours=9))
    heartbeats.beat([health.BEAT])
    assert clock.is_steady()


# The scheduler


def test_a_schedule_that_last_ran_in_the_future_goes_on() -> None:
    entry = SteadyEntry.from_entry("x", app=celery_app, task="x", schedule=schedule(30.0))
    PeriodicTask.objects.filter(name="x").update(last_run_at=datetime.now(UTC) + YEARS)
    entry = SteadyEntry(PeriodicTask.objects.get(name="x"), app=celery_app)
    is_due, seconds = entry.is_due()
    assert not is_due
    assert seconds <= 30.0
    assert HeartbeatScheduler.Entry is SteadyEntry
