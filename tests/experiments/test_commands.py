"""The commands end to end on a small folder; tests marked ``tensorflow`` fit the networks."""

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
    assert len(started) == 7
    stored = json.loads((tmp_path / "docs/evaluation/benchmark.json").read_text())
    assert set(stored["data"][0]["methods"]) == {
        "Longtail",
        "popularity",
        "item-kNN",
        "EASE",
        "ALS",
        "BPR",
        "TF-IDF",
    }
    assert "| shop, " in (tmp_path / "docs/evaluation.md").read_text()


def test_a_cached_result_is_not_measured_again(folder, started, tmp_path):
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
