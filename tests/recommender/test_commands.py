from __future__ import annotations

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import ApiKey
from recommender.engine import train as engine_training
from recommender.models import Impression, ModelVersion, TrainingRun
from recommender.training import child_process, execution, runs
from tests.engine.builders import tf_config
from tests.recommender.worlds import publish_by_hand, rate_camps, two_camps

State = TrainingRun.State


def run(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


class TestTrain:
    @pytest.fixture
    def child(self, monkeypatch):
        """The training runs in this process: a child could not see a database in memory."""
        monkeypatch.setattr(child_process, "train", lambda run, **options: execution.carry_out(run))

    @pytest.mark.parametrize("where", [[], ["--here"]])
    def test_trains_and_says_what_came_of_it(self, catalog, child, where):
        two_camps(catalog)
        said = run("train", "shop", *where)
        assert "shop v1 is live." in said
        assert "tuning" in said

    def test_a_quick_one_learns_nothing(self, catalog, child):
        two_camps(catalog)
        assert "shop v1 is live. A quick version" in run("train", "shop", "--quick")
        assert "shop v2 is live." in run("train", "shop")
        assert [version.quick for version in ModelVersion.objects.order_by("number")] == [
            True,
            False,
        ]

    @pytest.mark.parametrize("other", ["--follow", "--take-over"])
    def test_a_quick_one_is_a_new_run(self, catalog, other):
        with pytest.raises(CommandError, match="--quick is for a new run"):
            run("train", "shop", "--quick", other)

    def test_says_that_nothing_is_new(self, catalog, child):
        two_camps(catalog)
        run("train", "shop")
        assert "skipped" in run("train", "shop")
        assert "shop v2 is live." in run("train", "shop", "--force", "--seed", "4")
        assert TrainingRun.objects.first().seed == 4

    def test_can_leave_it_to_the_worker(
        self, catalog, sent_runs, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            said = run("train", "shop", "--no-wait")
        waiting = TrainingRun.objects.get()
        assert (waiting.state, sent_runs) == (State.QUEUED, [waiting.pk])
        assert f"Run {waiting.pk} waits" in said

    def test_following_needs_another_machine(self, catalog):
        with pytest.raises(CommandError, match="nobody to follow"):
            run("train", "shop", "--follow")

    def test_following_stores_nothing(self, catalog, settings, monkeypatch):
        two_camps(catalog)
        settings.TF_CONFIG = tf_config(1)
        asked = []
        monkeypatch.setattr(
            engine_training, "train", lambda dataset, **options: asked.append(options["cluster"])
        )
        assert "is over" in run("train", "shop", "--follow")
        assert [(cluster.index, cluster.workers) for cluster in asked] == [(1, 2)]
        assert not TrainingRun.objects.exists()
        assert not ModelVersion.objects.exists()

    def test_can_follow_the_worker(self, catalog, monkeypatch):
        """A worker fails the run while the command waits."""
        monkeypatch.setattr(
            "recommender.management.commands.train.time.sleep",
            lambda seconds: runs.fail_run(run_id=TrainingRun.objects.get().pk, error="no memory"),
        )
        with pytest.raises(CommandError, match="no memory"):
            run("train", "shop", "--queue")

    def test_names_the_catalogue_that_is_not_there(self, catalog):
        with pytest.raises(CommandError, match=r"'shoes' does not exist\. There are: shop"):
            run("train", "shoes")

    def test_rejects_a_second_queued_run_and_a_negative_seed(self, catalog, monkeypatch):
        monkeypatch.setattr("recommender.training.workers.any_trains", lambda: True)
        runs.request_training(catalog=catalog, trigger="api", send=False)
        with pytest.raises(CommandError, match="is already waiting"):
            run("train", "shop")
        with pytest.raises(CommandError, match="--seed -1"):
            run("train", "shop", "--seed", "-1")

    def test_waits_in_line_behind_a_running_one(self, catalog):
        runs.claim_run(run_id=runs.request_training(catalog=catalog, trigger="api", send=False).pk)
        with pytest.raises(CommandError, match="Another training is running"):
            run("train", "shop")
        assert TrainingRun.objects.filter(state=State.QUEUED).count() == 1

    def test_the_child_rejects_a_run_that_nobody_claimed(self, catalog, monkeypatch):
        monkeypatch.setattr(
            "recommender.management.commands.run_training.end_with_parent", lambda: None
        )
        monkeypatch.setattr("os.nice", lambda by: 0)
        queued = runs.request_training(catalog=catalog, trigger="api", send=False)
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
        ("arguments", "reason"),
        [
            (["7"], "version: 7 does not exist in shop. There are: 2, 1"),
            (["--back"], "no earlier version"),
        ],
    )
    def test_says_why_not(self, versions, arguments, reason):
        with pytest.raises(CommandError, match=reason):
            run("promote", "shop", *arguments)


class TestEvaluate:
    def test_prints_a_table_with_intervals(self, catalog):
        two_camps(catalog)
        said = run("evaluate", "shop", "--k", "5")
        assert "k = 5" in said
        assert "simulated" not in said
        rows = {
            line.split()[0]: line
            for line in said.splitlines()
            if line.startswith(("ndcg", "coverage"))
        }
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

    def test_says_when_nothing_can_be_evaluated(self, catalog, items):
        with pytest.raises(CommandError, match="too little data to evaluate"):
            run("evaluate", "shop")
        with pytest.raises(CommandError, match="--k 0"):
            run("evaluate", "shop", "--k", "0")


class TestEvaluateRatings:
    @pytest.fixture
    def files(self, tmp_path):
        rows = [
            f"p{user},i{item},{4 if (user + item) % 2 else 2}"
            for user in range(20)
            for item in range(9)
        ]
        rows[::7] = [f"{row[:-1]}3" for row in rows[::7]]
        (tmp_path / "log.csv").write_text("user_id,item_id,value\n" + "\n".join(rows))
        (tmp_path / "items.csv").write_text(
            "item_id,title\n" + "\n".join(f"i{item},thing" for item in range(9))
        )
        return ["--interactions", str(tmp_path / "log.csv"), "--items", str(tmp_path / "items.csv")]

    def test_of_files_stands_beside_simpler_methods_with_intervals(self, files):
        said = run("evaluate", "--ratings", *files, "--seeds", "2")
        assert "180 ratings of 9 items by 20 people. Random 80/20, 2 seeds" in said
        rows = [line for line in said.splitlines() if "[" in line]
        assert [row.count("[") for row in rows] == [4, 4, 4, 4]
        assert [row.split()[0] for row in rows] == ["ours", "biased", "biases", "mean"]

    def test_of_a_catalogue_as_json(self, catalog):
        rate_camps(*two_camps(catalog))
        report = json.loads(run("evaluate", "shop", "--ratings", "--seeds", "2", "--json"))
        assert report["ratings"] == 24 * 12
        assert (
            report["figures"]["ours"]["mse"]["mean"]
            < 0.5 * report["figures"]["habits"]["mse"]["mean"]
        )

    def test_says_how_far_it_is(self, files):
        said = StringIO()
        call_command(
            "evaluate", "--ratings", *files, "--seeds", "2", stdout=StringIO(), stderr=said
        )
        assert "100%" in said.getvalue()
        quiet = StringIO()
        call_command(
            "evaluate",
            "--ratings",
            *files,
            "--seeds",
            "2",
            "-v",
            "0",
            stdout=StringIO(),
            stderr=quiet,
        )
        assert quiet.getvalue() == ""

    def test_says_why_it_cannot(self, catalog, files, tmp_path):
        two_camps(catalog)
        for command, reason in (
            (["shop", "--ratings"], "shop: value: no ratings"),
            (["--ratings"], "give a catalogue"),
            (["shop", "--ratings", *files], "give a catalogue, or"),
            (["--ratings", *files[:2]], "both are needed"),
            (files, "only with --ratings"),
            (["shop", "--ratings", "--seeds", "0"], "--seeds 0"),
        ):
            with pytest.raises(CommandError, match=reason):
                run("evaluate", *command)
        (tmp_path / "log.csv").write_text("user_id,item_id,value\na,i1,good\n")
        with pytest.raises(CommandError, match=r"log.csv: line 2: value: “good” must be a number"):
            run("evaluate", "--ratings", *files)


class TestMeasureLists:
    def test_prints_the_time_of_each_kind_and_leaves_nothing(self, catalog):
        two_camps(catalog)
        said = run("measure_lists", "shop", "--people", "2")
        assert "2 people" in said
        for kind in ("10 items", "24 items", "24 items, explained"):
            assert re.search(rf"{kind} +median +\d+\.\d", said)
        assert not ApiKey.objects.exists()
        assert not Impression.objects.exists()

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["nowhere"], "'nowhere' does not exist"),
            (["shop", "--people", "0"], "people: 0"),
            (["shop"], "nobody has 3 interactions"),
        ],
    )
    def test_says_why_not(self, catalog, arguments, reason):
        with pytest.raises(CommandError, match=reason):
            run("measure_lists", *arguments)
