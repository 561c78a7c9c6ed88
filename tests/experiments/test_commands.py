"""The commands end to end on a small folder; tests marked ``tensorflow`` fit the networks."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recommender.experiments import methods, paper, tuned_peers
from recommender.experiments.children import Measured
from recommender.experiments.paper import SYNTHETIC, Setting, measure
from recommender.experiments.peer_lists import write_lists
from recommender.experiments.splits import SplitFolder
from tests.experiments.builders import random_folder

pytest.importorskip("matplotlib")
pytest.importorskip("implicit")


@pytest.fixture
def folder(tmp_path, settings):
    settings.VAR_DIR = tmp_path / "var"
    (tmp_path / "docs").mkdir()
    page = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "evaluation.md"
    (tmp_path / "docs" / "evaluation.md").write_text(page.read_text())
    return random_folder(tmp_path / "shop", n_users=60, n_items=40, n_events=900)


@pytest.fixture
def started(monkeypatch):
    """Run item-kNN in this process for every method; the list of commands, in order."""
    commands = []

    def run(command, environment):
        commands.append(command)
        ours = "batch_recommend" in command
        out = Path(command[command.index("--out") + 1] if ours else command[4])
        split = out.parent
        split = Path(command[command.index("--users") + 1]).parent if ours else Path(command[3])
        write_lists(SplitFolder(split), out, "item-kNN", 10)
        return Measured(1.0, 0.9, 50, json.dumps({"blend": {}}) if ours else "")

    monkeypatch.setattr(methods, "run_measured", run)
    return commands


def run(*command: str):
    output = io.StringIO()
    call_command(*command, stdout=output, stderr=io.StringIO())
    return output.getvalue()


def test_benchmark_measures_all_methods_and_writes_the_page(folder, started, tmp_path):
    output = run("benchmark", "--data", str(folder.path), "--docs", str(tmp_path / "docs"))
    assert "evaluation.md" in output
    assert len(started) == 8
    stored = json.loads((tmp_path / "docs/evaluation/benchmark.json").read_text())
    assert set(stored["data"][0]["methods"]) == {
        "Longtail",
        "popularity",
        "item-kNN",
        "EASE",
        "DAN",
        "ALS",
        "BPR",
        "TF-IDF",
    }
    assert "| shop, " in (tmp_path / "docs/evaluation.md").read_text()


def test_a_cached_result_is_not_measured_again(folder, started, tmp_path):
    for _ in range(2):
        run("benchmark", "--data", str(folder.path), "--docs", str(tmp_path / "docs"))
    assert len(started) == 8
    run("benchmark", "--data", str(folder.path), "--docs", str(tmp_path / "docs"), "--seeds", "1")
    assert len(started) == 9


def test_further_seeds_are_measured_on_the_two_smallest(folder, started, tmp_path):
    others = [
        random_folder(tmp_path / f"shop{n}", n_users=60, n_items=40, n_events=900 + n)
        for n in (200, 400)
    ]
    paths = [str(each.path) for each in (*others, folder)]
    run(
        *("benchmark", "--docs", str(tmp_path / "docs"), "--seeds", "0", "1", "2", "--data"), *paths
    )
    ours = [command for command in started if "batch_recommend" in command]
    assert len(ours) == 3 + 2 * 2
    data = json.loads((tmp_path / "docs/evaluation/benchmark.json").read_text())["data"]
    assert [each.get("seeds", {}).get("seeds") for each in data[-3:]] == [
        [0, 1, 2],
        None,
        [0, 1, 2],
    ]
    same = data[-3]["seeds"]["ndcg"]
    assert same["low"] == same["mean"] == same["high"]


def test_published_figures_are_beside_those_of_their_data(folder, started, tmp_path):
    published = {
        "data": "shop", "protocol": "last", "about": "", "differs": [],
        "rows": [{"model": "A network", "ndcg": 0.9, "reads": "ids", "source": "a paper"}],
    }  # fmt: skip
    (tmp_path / "docs/evaluation").mkdir()
    (tmp_path / "docs/evaluation/published.json").write_text(json.dumps([published]))
    page = tmp_path / "docs/evaluation.md"
    options = ["--data", str(folder.path), "--docs", str(tmp_path / "docs")]
    run("benchmark", *options, "--protocols", "time")
    assert "A network" not in page.read_text()
    run("benchmark", *options, "--protocols", "last", "--everybody")
    assert "| A network | .9000 |" in page.read_text()


def test_peers_are_tuned_on_a_slice_of_the_training_part(folder, started, tmp_path, monkeypatch):
    grids = {"item-kNN": [{"shrinkage": 1}, {"shrinkage": 2}], "EASE": [{"ridge": 1}]}
    monkeypatch.setattr(tuned_peers, "GRIDS", grids)
    options = ["--data", str(folder.path), "--docs", str(tmp_path / "docs")]
    run("benchmark", "--tune-peers", *options)
    data = json.loads((tmp_path / "docs/evaluation/tuned-peers.json").read_text())["data"][0]
    assert data["validation"]["train"] + data["validation"]["test"] < data["train"] + 1
    assert [each["settings"] for each in data["peers"]["item-kNN"]["tried"]] == grids["item-kNN"]
    on_test = [each for each in started if "/train-" not in each[3]]
    assert len(started) - len(on_test) == 3  # one process for each setting on the slice
    assert len(on_test) == 4  # and for each peer the best and the common settings on the test
    started.clear()
    run("benchmark", *options)
    stored = json.loads((tmp_path / "docs/evaluation/benchmark.json").read_text())["data"][0]
    assert {"item-kNN, tuned", "EASE, tuned"} <= set(stored["methods"])
    assert len(started) == 8 - 2  # the common settings of two peers are known


def test_no_grid_has_more_than_fifteen_settings():
    for grid in tuned_peers.GRIDS.values():
        assert len({json.dumps(settings, sort_keys=True) for settings in grid}) == len(grid) <= 15


def test_ablation_leaves_out_what_it_names(folder, started, tmp_path):
    run("experiment", "ablation", "--data", str(folder.path), "--docs", str(tmp_path / "docs"))
    left_out = [command[command.index("--without") + 1] for command in started]
    assert left_out[:4] == ["", "interest", "sequence", "interest,sequence"]
    assert "without the sequence model" in (tmp_path / "docs/evaluation.md").read_text()


def test_paper_measures_every_setting_once(folder, tmp_path, monkeypatch):
    """Two seeds, one real and one synthetic log, two interpretations; ``measure`` is replaced."""
    monkeypatch.setattr(paper, "ProcessPoolExecutor", InThisProcess)
    asked = []

    def measured(setting):
        asked.append((setting.data, setting.interpretation, setting.seed))
        figures = dict.fromkeys(("precision", "hit_rate", "recall", "diversity"), 0.1)
        figures |= dict.fromkeys(("tail_recall", "coverage", "lenient_hit_rate"), 0.2)
        sizes = dict.fromkeys(("people", "items", "interactions", "learnt", "asked"), 9)
        return {
            "sizes": sizes,
            "figures": dict.fromkeys(("chance", "popularity", *paper.BLENDS), figures),
        }

    monkeypatch.setattr(paper, "measure", measured)
    for _ in range(2):
        run(
            "experiment",
            "paper",
            "--data",
            str(folder.path),
            "--seeds",
            "2",
            "--docs",
            str(tmp_path / "docs"),
        )
    assert sorted(asked) == sorted(
        (data, interpretation, seed)
        for data in ("shop", SYNTHETIC)
        for interpretation in ("histories", "blocks")
        for seed in (0, 1)
    )


class InThisProcess:
    """Stands in for the pool of processes."""

    def __init__(self, *args, **options):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def submit(self, function, *args):
        from concurrent.futures import Future

        future: Future = Future()
        future.set_result(function(*args))
        return future


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--data", "nowhere"], "no interactions.csv.gz"),
        (["--data", ".", ".", "--protocols", "last", "time", "last"], "3 given for 2 folders"),
    ],
)
def test_bad_options_are_rejected(options, message):
    with pytest.raises(CommandError, match=message):
        run("benchmark", *options)


@pytest.mark.tensorflow
def test_a_setting_is_measured_with_all_methods(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    figures = measure(Setting(None, "histories", seed=0, people=150, items=400))
    assert list(figures["figures"]) == ["chance", "popularity", *paper.BLENDS]
    assert figures["figures"]["Longtail"]["hit_rate"] > figures["figures"]["chance"]["hit_rate"]


def test_seeds_are_not_silently_ignored_by_the_search(folder):
    with pytest.raises(CommandError, match="--seeds"):
        run("benchmark", "--tune-peers", "--seeds", "1", "2", "--data", str(folder.path))
