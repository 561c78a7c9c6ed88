"""Training runs: requests, claims, ends, the sweep and the schedule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from config.errors import AppError
from recommender.models import ModelVersion, TrainingRun
from recommender.training import queue, run_queries
from recommender.training.runs import (
    MOST_SETBACKS,
    beat,
    claim_next,
    claim_run,
    fail_run,
    finish_run,
    hand_back_run,
    put_off_run,
    report_progress,
    request_training,
    sweep_lost_runs,
    train_where_due,
)
from tests.factories import make_catalog, make_interaction
from tests.recommender.worlds import two_camps

State = TrainingRun.State


COMMAND = TrainingRun.Trigger.COMMAND


@pytest.fixture
def run(catalog, sent_runs):
    return request_training(catalog=catalog, trigger=COMMAND)


class TestRequesting:
    def test_is_sent_after_commit_only(
        self, catalog, sent_runs, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            run = request_training(catalog=catalog, trigger=COMMAND, seed=3, force=True)
            assert sent_runs == []
        assert sent_runs == [run.pk]
        assert (run.state, run.seed, run.force) == (State.QUEUED, 3, True)

    def test_survives_an_unavailable_broker(
        self, catalog, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(queue, "enqueue_training", lambda run_id: 1 / 0)
        with django_capture_on_commit_callbacks(execute=True):
            run = request_training(catalog=catalog, trigger=COMMAND)
        run.refresh_from_db()
        assert run.state == State.QUEUED

    def test_a_second_one_is_rejected(self, catalog, run):
        with pytest.raises(AppError) as rejected:
            request_training(catalog=catalog, trigger=COMMAND)
        assert (rejected.value.code, rejected.value.status) == ("training_already_queued", 409)

    def test_one_may_wait_while_another_runs(self, catalog, run):
        claim_run(run_id=run.pk)
        assert request_training(catalog=catalog, trigger=COMMAND).state == State.QUEUED

    def test_catalogues_do_not_wait_for_each_other(self, run, sent_runs):
        assert request_training(catalog=make_catalog(), trigger=COMMAND)


class TestClaiming:
    def test_only_the_first_gets_it(self, run):
        assert claim_run(run_id=run.pk).state == State.RUNNING
        assert claim_run(run_id=run.pk) is None

    def test_waits_while_another_of_the_catalogue_runs(self, catalog, run):
        claim_run(run_id=run.pk)
        second = request_training(catalog=catalog, trigger=COMMAND)
        assert claim_run(run_id=second.pk) is None
        second.refresh_from_db()
        assert second.state == State.QUEUED

    def test_the_waiting_one_is_sent_when_the_other_ends(
        self, catalog, run, sent_runs, django_capture_on_commit_callbacks
    ):
        claim_run(run_id=run.pk)
        second = request_training(catalog=catalog, trigger=COMMAND)
        with django_capture_on_commit_callbacks(execute=True):
            fail_run(run_id=run.pk, error="x")
        assert sent_runs == [second.pk]


class TestEnding:
    def test_a_given_up_run_cannot_be_finished(self, run):
        claim_run(run_id=run.pk)
        fail_run(run_id=run.pk, error="abandoned")
        with pytest.raises(AppError) as rejected:
            finish_run(run_id=run.pk, fingerprint="f")
        assert rejected.value.code == "training_lost"

    def test_a_finished_run_cannot_fail(self, run):
        claim_run(run_id=run.pk)
        finished = finish_run(run_id=run.pk, fingerprint="f", seconds={"fit": 1.0})
        assert (finished.state, finished.fraction, finished.seconds) == (
            State.SUCCEEDED,
            1.0,
            {"fit": 1.0},
        )
        assert not fail_run(run_id=run.pk, error="late")
        run.refresh_from_db()
        assert (run.state, run.error) == (State.SUCCEEDED, "")

    def test_progress_and_beats_of_an_ended_run_say_so(self, run):
        claim_run(run_id=run.pk)
        assert beat(run_id=run.pk)
        fail_run(run_id=run.pk, error="x")
        assert not beat(run_id=run.pk)
        assert not report_progress(run_id=run.pk, stage="fit", fraction=0.5)


def fall_silent() -> None:
    TrainingRun.objects.update(heartbeat_at=now() - timedelta(seconds=61))


class TestTurns:
    """Many catalogues are due at once; a worker takes one run after another."""

    def train(self, run: TrainingRun, minutes_ago: int) -> None:
        began = now() - timedelta(minutes=minutes_ago)
        TrainingRun.objects.filter(pk=run.pk).update(state=State.SUCCEEDED, started_at=began)

    def test_the_catalogue_whose_last_training_is_the_oldest_comes_first(self, sent_runs, db):
        busy, quiet, new = make_catalog(), make_catalog(), make_catalog()
        self.train(request_training(catalog=busy, trigger=COMMAND), minutes_ago=5)
        self.train(request_training(catalog=quiet, trigger=COMMAND), minutes_ago=500)
        asked = [request_training(catalog=each, trigger=COMMAND) for each in (busy, quiet, new)]
        assert [claim_next() for _ in asked] == [asked[2], asked[1], asked[0]]
        assert claim_next() is None

    def test_a_catalogue_that_is_trained_all_the_time_does_not_hold_up_the_others(
        self, sent_runs, db
    ):
        busy, *others = catalogs = [make_catalog() for _ in range(5)]
        for each in catalogs:
            request_training(catalog=each, trigger=COMMAND)
        taken = []
        for _turn in range(8):
            run = claim_next()
            taken.append(run.catalog)
            finish_run(run_id=run.pk, fingerprint="f")
            if run.catalog == busy:
                request_training(catalog=busy, trigger=COMMAND)
        assert set(taken[:5]) == {busy, *others}

    def test_a_run_that_goes_on_keeps_its_turn(self, run, sent_runs):
        claim_run(run_id=run.pk)
        hand_back_run(run_id=run.pk)
        request_training(catalog=make_catalog(), trigger=COMMAND)
        assert claim_next() == run

    def test_a_run_that_rests_is_passed_over(self, run, sent_runs):
        claim_run(run_id=run.pk)
        put_off_run(run_id=run.pk, error="away")
        other = request_training(catalog=make_catalog(), trigger=COMMAND)
        assert claim_next() == other
        assert claim_next() is None

    def test_a_catalogue_that_trains_is_passed_over(self, catalog, run, sent_runs):
        claim_run(run_id=run.pk)
        request_training(catalog=catalog, trigger=COMMAND)
        assert claim_next() is None


class TestAttempts:
    """A process that was stopped for minutes finds that another has its run."""

    @pytest.fixture
    def former(self, run):
        former = claim_run(run_id=run.pk)
        hand_back_run(run_id=run.pk)
        claim_run(run_id=run.pk)
        return former

    def test_the_former_process_must_stop(self, former):
        known = {"run_id": former.pk, "attempt": former.attempts}
        assert not beat(**known)
        assert not report_progress(**known, stage="fit", fraction=0.5)
        with pytest.raises(AppError):
            finish_run(**known, fingerprint="f")
        assert not put_off_run(**known, error="away")
        assert not hand_back_run(**known)
        former.refresh_from_db()
        assert (former.state, former.attempts) == (State.RUNNING, 2)


class TestSweep:
    def test_queues_silent_runs_again(self, run, sent_runs, django_capture_on_commit_callbacks):
        claim_run(run_id=run.pk)
        assert sweep_lost_runs() == 0
        fall_silent()
        with django_capture_on_commit_callbacks(execute=True):
            assert sweep_lost_runs() == 1
        run.refresh_from_db()
        assert (run.state, run.error) == (State.QUEUED, "The worker stopped.")
        assert sent_runs == [run.pk]
        assert claim_run(run_id=run.pk).attempts == 2

    def test_fails_a_run_that_loses_every_worker(self, run):
        for _ in range(MOST_SETBACKS):
            claim_run(run_id=run.pk)
            fall_silent()
            assert sweep_lost_runs() == 1
        run.refresh_from_db()
        assert (run.state, run.error) == (State.FAILED, "The worker stopped.")

    def test_a_waiting_run_takes_the_place_of_a_lost_one(self, catalog, run):
        claim_run(run_id=run.pk)
        waiting = request_training(catalog=catalog, trigger=COMMAND)
        fall_silent()
        assert sweep_lost_runs() == 1
        run.refresh_from_db()
        assert run.state == State.FAILED
        assert claim_next() == waiting

    def test_sends_nothing_while_messages_wait(self, run, sent_runs, monkeypatch):
        TrainingRun.objects.update(created_at=now() - timedelta(minutes=3))
        monkeypatch.setattr(queue, "waiting_messages", lambda: 1)
        sweep_lost_runs()
        assert sent_runs == []

    def test_sends_a_forgotten_run_again(self, run, sent_runs):
        sweep_lost_runs()
        assert sent_runs == []
        TrainingRun.objects.update(created_at=now() - timedelta(minutes=3))
        sweep_lost_runs()
        assert sent_runs == [run.pk]

    def test_lets_a_run_wait_while_another_runs(self, catalog, run, sent_runs):
        claim_run(run_id=run.pk)
        request_training(catalog=catalog, trigger=COMMAND)
        TrainingRun.objects.update(created_at=now() - timedelta(minutes=3))
        sweep_lost_runs()
        assert sent_runs == []


class TestSchedule:
    def test_trains_where_enough_happened_once(self, catalog, sent_runs):
        two_camps(catalog)  # 120 interactions
        make_catalog()
        assert [run.catalog for run in train_where_due()] == [catalog]
        assert train_where_due() == []

    def test_counts_from_the_newest_version(self, catalog, sent_runs):
        items, profiles = two_camps(catalog)
        ModelVersion.objects.create(catalog=catalog, number=1, report={"interactions": 100})
        assert train_where_due() == []
        for _ in range(30):
            make_interaction(profiles[0], items[0])
        assert len(train_where_due()) == 1

    def test_rests_after_a_failure(self, catalog, sent_runs):
        two_camps(catalog)
        run = train_where_due()[0]
        fail_run(run_id=run.pk, error="x")
        assert train_where_due() == []
        TrainingRun.objects.update(finished_at=now() - timedelta(hours=7))
        assert len(train_where_due()) == 1

    def test_staff_train_during_the_rest_and_a_success_ends_it(self, catalog, sent_runs):
        two_camps(catalog)
        fail_run(run_id=train_where_due()[0].pk, error="x")
        end = run_queries.rests_until(catalog)
        assert end is not None
        assert end > now() + timedelta(hours=5)
        own = request_training(catalog=catalog, trigger=TrainingRun.Trigger.ADMIN)
        assert own.state == State.QUEUED
        TrainingRun.objects.filter(pk=own.pk).update(state=State.SUCCEEDED, finished_at=now())
        assert run_queries.rests_until(catalog) is None
        assert len(train_where_due()) == 1
