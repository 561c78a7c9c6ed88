from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recommender import services, training, training_process
from recommender.models import ModelVersion, TrainingRun
from tests.recommender.worlds import publish_by_hand, two_camps

State = TrainingRun.State


@pytest.fixture(autouse=True)
def artifacts(settings, tmp_path) -> None:
    settings.ARTIFACTS_DIR = tmp_path


def run(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


class TestTrain:
    @pytest.fixture
    def child(self, monkeypatch):
        """The child process trains here: it could not see a database in memory."""
        monkeypatch.setattr(training_process, "train", lambda run, **options: training.carry_out(run))

    @pytest.mark.parametrize("where", [[], ["--here"]])
    def test_trains_and_says_what_came_of_it(self, catalog, child, where):
        two_camps(catalog)
        said = run("train", "shop", *where)
        assert "shop v1 is live." in said
        assert "tuning" in said

    def test_says_that_nothing_is_new(self, catalog, child):
        two_camps(catalog)
        run("train", "shop")
        assert "skipped" in run("train", "shop")
        assert "shop v2 is live." in run("train", "shop", "--force", "--seed", "4")
        assert TrainingRun.objects.first().seed == 4

    def test_can_leave_it_to_the_worker(self, catalog, monkeypatch, django_capture_on_commit_callbacks):
        sent = []
        monkeypatch.setattr(services, "_send", sent.append)
        with django_capture_on_commit_callbacks(execute=True):
            said = run("train", "shop", "--no-wait")
        waiting = TrainingRun.objects.get()
        assert (waiting.state, sent) == (State.QUEUED, [waiting.pk])
        assert f"Run {waiting.pk} waits" in said

    def test_can_follow_the_worker(self, catalog, monkeypatch):
        """A worker that fails the run while the command looks on."""
        monkeypatch.setattr(
            "recommender.management.commands.train.time.sleep",
            lambda seconds: services.fail_run(run_id=TrainingRun.objects.get().pk, error="no memory"),
        )
        with pytest.raises(CommandError, match="no memory"):
            run("train", "shop", "--queue")

    def test_names_the_catalogue_that_is_not_there(self, catalog):
        with pytest.raises(CommandError, match=r"'shoes' does not exist\. There are: shop"):
            run("train", "shoes")

    def test_refuses_a_second_waiting_run_and_a_negative_seed(self, catalog):
        services.request_training(catalog=catalog, trigger="api", send=False)
        with pytest.raises(CommandError, match="waits already"):
            run("train", "shop")
        with pytest.raises(CommandError, match="--seed -1"):
            run("train", "shop", "--seed", "-1")

    def test_waits_in_line_behind_a_running_one(self, catalog):
        services.claim_run(run_id=services.request_training(catalog=catalog, trigger="api", send=False).pk)
        with pytest.raises(CommandError, match="Another training is running"):
            run("train", "shop")
        assert TrainingRun.objects.filter(state=State.QUEUED).count() == 1

    def test_the_child_refuses_a_run_that_nobody_claimed(self, catalog, monkeypatch):
        monkeypatch.setattr("recommender.management.commands.run_training.end_with_parent", lambda: None)
        monkeypatch.setattr("os.nice", lambda by: 0)
        queued = services.request_training(catalog=catalog, trigger="api", send=False)
        with pytest.raises(CommandError, match="is not running"):
            run("run_training", str(queued.pk))


class TestPromote:
    @pytest.fixture
    def versions(self, catalog):
        two_camps(catalog)
        return [publish_by_hand(catalog, number) for number in (1, 2)]

    def test_by_number_and_back(self, versions):
        run("promote", "shop", "1")
        assert run("promote", "shop", "2") == "shop v2 is live.\n"
        assert run("promote", "shop", "--back") == "shop v1 is live.\n"
        assert ModelVersion.objects.get(state="live").number == 1

    @pytest.mark.parametrize(
        ("wish", "reason"),
        [
            (["7"], "version: 7 does not exist in shop. There are: 2, 1"),
            (["--back"], "no earlier version"),
        ],
    )
    def test_says_why_not(self, versions, wish, reason):
        with pytest.raises(CommandError, match=reason):
            run("promote", "shop", *wish)


class TestEvaluate:
    def test_prints_a_table_with_intervals(self, catalog):
        two_camps(catalog)
        said = run("evaluate", "shop", "--k", "5")
        assert "k = 5" in said
        assert "simulated" not in said
        rows = {line.split()[0]: line for line in said.splitlines() if line.startswith(("ndcg", "coverage"))}
        assert rows["ndcg"].count("[") == 3
        assert "ours" in said
        assert "item-kNN" in said

    def test_labels_a_simulated_log(self, catalog):
        catalog.log_is_simulated = True
        catalog.save()
        two_camps(catalog)
        assert "simulated" in run("evaluate", "shop")

    def test_json_holds_the_same_figures(self, catalog):
        two_camps(catalog)
        report = json.loads(run("evaluate", "shop", "--json"))
        assert set(report["figures"]) == {"ours", "item_knn", "popularity"}
        assert 0 <= report["figures"]["ours"]["ndcg_low"] <= report["figures"]["ours"]["ndcg"]
        assert report["simulated"] is False

    def test_says_when_nothing_can_be_judged(self, catalog, items):
        with pytest.raises(CommandError, match="Nobody could be held out"):
            run("evaluate", "shop")
        with pytest.raises(CommandError, match="--k 0"):
            run("evaluate", "shop", "--k", "0")
