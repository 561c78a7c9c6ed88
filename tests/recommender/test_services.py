from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from catalog.profiles.services import merge_profiles
from config.errors import AppError
from recommender.models import Impression, ModelVersion, TrainingRun
from recommender.serving import impressions
from recommender.training import queue
from recommender.training.promotion_gate import Verdict
from recommender.training.runs import (
    beat,
    claim_run,
    fail_run,
    finish_run,
    report_progress,
    request_training,
    sweep_lost_runs,
    train_where_due,
)
from recommender.training.versions import pass_gate, promote, prune_artifacts, roll_back
from tests.factories import make_catalog, make_interaction, make_profile
from tests.recommender.worlds import two_camps

State = TrainingRun.State
COMMAND = TrainingRun.Trigger.COMMAND


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Runs that would have been sent to a worker."""
    sent_runs: list[int] = []
    monkeypatch.setattr(queue, "enqueue_training", sent_runs.append)
    return sent_runs


@pytest.fixture
def run(catalog, sent):
    return request_training(catalog=catalog, trigger=COMMAND)


@pytest.fixture
def readable(monkeypatch) -> None:
    """Artifacts count as good unless their folder's name says otherwise."""
    monkeypatch.setattr(
        "recommender.training.artifact_store.damage_of",
        lambda path: "broken" if "bad" in str(path) else "",
    )


def publish(catalog, number: int, folder: str = "", **fields) -> ModelVersion:
    fields = {
        "catalog": catalog,
        "number": number,
        "folder": folder or f"shop/{number}-good",
        **fields,
    }
    return ModelVersion.objects.create(**fields)


class TestRequesting:
    def test_is_sent_after_commit_only(self, catalog, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            run = request_training(catalog=catalog, trigger=COMMAND, seed=3, force=True)
            assert sent == []
        assert sent == [run.pk]
        assert (run.state, run.seed, run.force) == (State.QUEUED, 3, True)

    def test_survives_a_broker_that_is_away(
        self, catalog, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(queue, "enqueue_training", lambda run_id: 1 / 0)
        with django_capture_on_commit_callbacks(execute=True):
            run = request_training(catalog=catalog, trigger=COMMAND)
        run.refresh_from_db()
        assert run.state == State.QUEUED

    def test_a_second_one_is_refused(self, catalog, run):
        with pytest.raises(AppError) as refused:
            request_training(catalog=catalog, trigger=COMMAND)
        assert (refused.value.code, refused.value.status) == ("training_already_queued", 409)

    def test_one_may_wait_while_another_runs(self, catalog, run):
        claim_run(run_id=run.pk)
        assert request_training(catalog=catalog, trigger=COMMAND).state == State.QUEUED

    def test_catalogues_do_not_wait_for_each_other(self, run, sent):
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
        self, catalog, run, sent, django_capture_on_commit_callbacks
    ):
        claim_run(run_id=run.pk)
        second = request_training(catalog=catalog, trigger=COMMAND)
        with django_capture_on_commit_callbacks(execute=True):
            fail_run(run_id=run.pk, error="x")
        assert sent == [second.pk]


class TestEnding:
    def test_a_given_up_run_cannot_be_finished(self, run):
        claim_run(run_id=run.pk)
        fail_run(run_id=run.pk, error="given up")
        with pytest.raises(AppError) as refused:
            finish_run(run_id=run.pk, fingerprint="f")
        assert refused.value.code == "training_lost"

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


class TestSweep:
    def test_fails_silent_runs_only(self, catalog, run):
        claim_run(run_id=run.pk)
        assert sweep_lost_runs() == 0
        TrainingRun.objects.update(heartbeat_at=now() - timedelta(seconds=61))
        assert sweep_lost_runs() == 1
        run.refresh_from_db()
        assert (run.state, run.error) == (State.FAILED, "The worker stopped.")
        assert request_training(catalog=catalog, trigger=COMMAND)

    def test_sends_a_forgotten_run_again(self, run, sent):
        sweep_lost_runs()
        assert sent == []
        TrainingRun.objects.update(created_at=now() - timedelta(minutes=3))
        sweep_lost_runs()
        assert sent == [run.pk]

    def test_lets_a_run_wait_while_another_runs(self, catalog, run, sent):
        claim_run(run_id=run.pk)
        request_training(catalog=catalog, trigger=COMMAND)
        TrainingRun.objects.update(created_at=now() - timedelta(minutes=3))
        sweep_lost_runs()
        assert sent == []


class TestSchedule:
    def test_trains_where_enough_happened_once(self, catalog, sent):
        two_camps(catalog)  # 120 interactions
        make_catalog()
        assert [run.catalog for run in train_where_due()] == [catalog]
        assert train_where_due() == []

    def test_counts_from_the_newest_version(self, catalog, sent):
        items, profiles = two_camps(catalog)
        publish(catalog, 1, report={"interactions": 100})
        assert train_where_due() == []
        for _ in range(30):
            make_interaction(profiles[0], items[0])
        assert len(train_where_due()) == 1

    def test_rests_after_a_failure(self, catalog, sent):
        two_camps(catalog)
        run = train_where_due()[0]
        fail_run(run_id=run.pk, error="x")
        assert train_where_due() == []
        TrainingRun.objects.update(finished_at=now() - timedelta(hours=7))
        assert len(train_where_due()) == 1


@pytest.mark.usefixtures("readable")
class TestPromoting:
    def test_retires_the_one_before(self, catalog):
        first, second = publish(catalog, 1), publish(catalog, 2)
        promote(version=first)
        promoted = promote(version=second)
        first.refresh_from_db()
        assert (promoted.state, first.state) == (
            ModelVersion.State.LIVE,
            ModelVersion.State.RETIRED,
        )
        assert promoted.promoted_at > first.promoted_at

    def test_again_changes_nothing(self, catalog):
        version = promote(version=publish(catalog, 1))
        assert promote(version=version).promoted_at == version.promoted_at

    def test_leaves_other_catalogues_alone(self, catalog):
        other = promote(version=publish(make_catalog(), 1))
        promote(version=publish(catalog, 1))
        other.refresh_from_db()
        assert other.state == ModelVersion.State.LIVE

    def test_refuses_what_cannot_be_read_and_notes_it(self, catalog):
        live, bad = promote(version=publish(catalog, 1)), publish(catalog, 2, "shop/2-bad")
        with pytest.raises(AppError) as refused:
            promote(version=bad)
        live.refresh_from_db()
        bad.refresh_from_db()
        assert (refused.value.code, refused.value.status) == ("artifact_damaged", 409)
        assert (live.state, bad.damage) == (ModelVersion.State.LIVE, "broken")

    def test_the_slower_of_two_is_told(self, catalog, readable):
        """Between its two statements another process makes a version live."""
        first, second = publish(catalog, 1), publish(catalog, 2)
        updates = []

        def other_is_faster(execute, sql, params, many, context):
            if sql.startswith("UPDATE"):
                updates.append(sql)
                if len(updates) == 2:
                    ModelVersion.objects.filter(pk=first.pk).update(state="live")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(other_is_faster), pytest.raises(AppError) as refused:
            promote(version=second)
        assert refused.value.code == "promotion_lost"

    def test_rolling_back_makes_the_former_live(self, catalog):
        versions = [promote(version=publish(catalog, number)) for number in (1, 2, 3)]
        assert roll_back(catalog=catalog) == versions[1]

    def test_rolling_back_passes_over_damaged_ones(self, catalog, monkeypatch):
        good = promote(version=publish(catalog, 1))
        later = promote(version=publish(catalog, 2))
        promote(version=publish(catalog, 3))
        ModelVersion.objects.filter(pk=later.pk).update(folder="shop/2-bad")
        assert roll_back(catalog=catalog) == good

    def test_rolling_back_without_a_former_is_refused(self, catalog):
        publish(catalog, 1)
        promote(version=publish(catalog, 2))
        with pytest.raises(AppError) as refused:
            roll_back(catalog=catalog)
        assert refused.value.code == "nothing_to_roll_back"


def test_pruning_keeps_the_live_the_former_and_the_newest(catalog, readable, artifacts):
    versions = [publish(catalog, number) for number in range(1, 8)]
    for version in versions:
        version.path.mkdir(parents=True)
    promote(version=versions[1])
    promote(version=versions[2])
    roll_back(catalog=catalog)  # 2 is live, 3 the former
    pruned = prune_artifacts(catalog=catalog)
    assert [version.number for version in pruned] == [4, 1]
    assert sorted(folder.name for folder in (artifacts / "shop").iterdir()) == [
        f"{number}-good" for number in (2, 3, 5, 6, 7)
    ]
    assert ModelVersion.objects.get(number=1).damage


def test_the_verdict_is_written_to_the_version(catalog):
    version = pass_gate(version=publish(catalog, 1), verdict=Verdict(False, "worse"))
    version.refresh_from_db()
    assert (version.gate_passed, version.gate_reason) == (False, "worse")


def test_impressions_take_one_insert(profile, items, django_assert_num_queries):
    places = [(item.pk, ("history", "tail")) for item in items]
    with django_assert_num_queries(1):
        impressions.record_impressions(profile=profile, version=None, surface="gems", places=places)
    first = Impression.objects.order_by("position").first()
    assert (first.item, first.position, first.surface, first.sources) == (
        items[0],
        1,
        "gems",
        ["history", "tail"],
    )


def test_a_merge_keeps_what_the_visitor_was_shown(catalog, profile, items):
    visitor = make_profile(catalog)
    impressions.record_impressions(
        profile=visitor, version=None, surface="gems", places=[(items[0].pk, ["tail"])]
    )
    merge_profiles(source=visitor, target=profile)
    assert profile.impressions.get().item == items[0]
