from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from config.errors import AppError
from recommender.models import TrainingRun
from recommender.training import runs
from recommender.training.progress import ProgressReporter


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run(catalog):
    run = runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.ADMIN, send=False)
    return runs.claim_run(run_id=run.pk)


def test_writes_stage_fraction_and_seconds_left(run, clock):
    report = ProgressReporter(run.pk, clock)
    clock.now += 10
    report("tuning", 0.25)
    run.refresh_from_db()
    assert (run.stage, run.fraction, run.eta_seconds) == ("tuning", 0.25, 30.0)


def test_never_goes_backwards(run, clock):
    report = ProgressReporter(run.pk, clock)
    report("tuning", 0.5)
    clock.now += 10
    report("fitting", 0.4)
    run.refresh_from_db()
    assert (run.stage, run.fraction) == ("fitting", 0.5)


def test_writes_at_most_twice_a_second(run, clock, django_assert_num_queries):
    report = ProgressReporter(run.pk, clock)
    with django_assert_num_queries(2):
        for step in range(10):
            report("tuning", step / 10)
            clock.now += 0.1


def test_a_section_stays_within_its_bounds(run, clock):
    report = ProgressReporter(run.pk, clock)
    report.between(0.2, 0.6)("tuning", 0.5)
    assert report.fraction == pytest.approx(0.4)
    report.between(0.2, 0.6)("tuning", 7)
    assert report.fraction == pytest.approx(0.6)


def test_stops_the_process_of_a_run_that_was_given_up(run, clock):
    report = ProgressReporter(run.pk, clock)
    runs.fail_run(run_id=run.pk, error="abandoned")
    with pytest.raises(AppError, match="abandoned"):
        report("tuning", 0.5)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_only_busy_stays_open_for_the_rows_that_are_read(monkeypatch):
    def locked(**report):
        raise OperationalError("database is locked")

    monkeypatch.setattr(runs, "report_progress", locked)
    connection.ensure_connection()
    before = connection.connection
    ProgressReporter(1)("reading", 0.1)
    assert connection.connection is before
