"""The commands from end to end on a small folder; the networks are tried in the tests marked ``tensorflow``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recommender.experiments import methods, paper
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
    """Every method answers with item-kNN in this process; the commands that would have been started, in order."""
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
    said = io.StringIO()
    call_command(*command, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def test_benchmark_measures_all_methods_and_writes_the_page(folder, started, tmp_path):
    said = run("benchmark", "--data", str(folder.path), "--docs", str(tmp_path / "docs"))
    assert "evaluation.md" in said
    assert len(started) == 7
    kept = json.loads((tmp_path / "docs/evaluation/benchmark.json").read_text())
    assert set(kept["data"][0]["methods"]) == {
        "Longtail",
        "popularity",
        "item-kNN",
        "EASE",
        "ALS",
        "BPR",
        "TF-IDF",
    }
    assert "| shop, " in (tmp_path / "docs/evaluation.md").read_text()


def test_what_was_measured_is_not_measured_again(folder, started, tmp_path):
    for _ in range(2):
        run("benchmark", "--data", str(folder.path), "--docs", str(tmp_path / "docs"))
    assert len(started) == 7
    run("benchmark", "--data", str(folder.path), "--docs", str(tmp_path / "docs"), "--seed", "1")
    assert len(started) == 8


def test_ablation_leaves_out_what_it_names(folder, started, tmp_path):
    run("experiment", "ablation", "--data", str(folder.path), "--docs", str(tmp_path / "docs"))
    left_out = [command[command.index("--without") + 1] for command in started]
    assert left_out[:4] == ["", "interest", "sequence", "interest,sequence"]
    assert "without the sequence model" in (tmp_path / "docs/evaluation.md").read_text()


def test_paper_measures_every_setting_once(folder, tmp_path, monkeypatch):
    """Two seeds, one real and one synthetic shop, two readings; the measuring itself is tested below."""
    monkeypatch.setattr(paper, "ProcessPoolExecutor", InThisProcess)
    asked = []

    def measured(setting):
        asked.append((setting.data, setting.reading, setting.seed))
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
        (data, reading, seed)
        for data in ("shop", SYNTHETIC)
        for reading in ("histories", "blocks")
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
    ("options", "said"),
    [
        (["--data", "nowhere"], "no interactions.csv.gz"),
        (["--data", ".", ".", "--protocols", "last", "time", "last"], "3 given for 2 folders"),
    ],
)
def test_bad_options_are_refused(options, said):
    with pytest.raises(CommandError, match=said):
        run("benchmark", *options)


@pytest.mark.tensorflow
def test_a_setting_is_measured_with_all_methods(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    told = measure(Setting(None, "histories", seed=0, people=150, items=400))
    assert list(told["figures"]) == ["chance", "popularity", *paper.BLENDS]
    assert told["figures"]["Longtail"]["hit_rate"] > told["figures"]["chance"]["hit_rate"]
