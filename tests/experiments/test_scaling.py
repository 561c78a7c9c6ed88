from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from recommender.experiments.children import Measured
from recommender.experiments.scaling import measuring
from recommender.experiments.scaling.measuring import Scale, measure
from recommender.experiments.scaling.report import plot, table


def summary(value: float) -> dict[str, dict[str, float]]:
    numbers = {"median": value, "95 %": 2 * value, "99 %": 3 * value}
    return {"cpu_ms": numbers, "wall_ms": numbers}


LISTS = {
    "database": "sqlite",
    "lists": {"10 items": summary(12.0), "24 items": summary(14.0)},
    "private_mib": 300,
    "version": {"seconds": {"texts": 4.0, "tuning": 20.0}, "artifact_mib": 90, "metrics": {}},
}


@pytest.fixture
def commands(monkeypatch) -> list[list[str]]:
    """What is run, without running it."""
    ran: list[list[str]] = []

    def run(command, environment):
        assert command[0] == sys.executable
        assert environment["VAR_DIR"]
        ran.append(list(command[2:]))
        output = json.dumps(LISTS) if command[2] == "measure_lists" else "500 rows in 2.0 s: new"
        return Measured(3.0, 2.5, 700, output)

    monkeypatch.setattr(measuring, "run_measured", run)
    return ran


def test_a_catalogue_has_fifty_events_an_item_and_not_too_many():
    assert Scale.of(100_000) == Scale(100_000, 100_000, 5_000_000)
    assert Scale.of(1_000_000).events == 20_000_000
    assert Scale.of(500).people == 2000


def test_a_size_goes_through_the_products_own_commands(commands, tmp_path):
    said: list[str] = []
    row = measure(Scale.of(1000), tmp_path, seed=0, people=5, say=said.append)
    assert [command[0] for command in commands] == [
        "synthesize",
        "migrate",
        "create_catalog",
        "import_items",
        "import_interactions",
        "train",
        "measure_lists",
    ]
    assert len(said) == len(commands)
    assert row["importing_events"]["rows_a_second"] == 25_000
    assert row["training"]["seconds"]["tuning"] == 20.0


def test_the_table_and_the_curves_have_every_size(commands, tmp_path):
    rows = [measure(Scale.of(items), tmp_path, seed=0, people=5, say=len) for items in (1000, 3000)]
    lines = table(rows).splitlines()
    assert len(lines) == 4
    assert lines[3].startswith("| 3,000 | 150,000 | 75,000 |")
    plot(rows, tmp_path / "scaling.svg")
    assert "training, s" in (tmp_path / "scaling.svg").read_text()


def test_results_are_stored_and_sizes_added(commands, tmp_path):
    for size in ("1000", "2000"):
        call_command("scaling", "--sizes", size, "--out", str(tmp_path), "-v", "0")
    stored = json.loads((tmp_path / "scaling.json").read_text())
    assert [row["items"] for row in stored["sizes"]] == [1000, 2000]
    assert stored["machine"]["cores"]
    assert not Path(tmp_path / "1000").exists()


def test_a_size_below_100_is_rejected(tmp_path):
    with pytest.raises(CommandError, match="--sizes 20"):
        call_command("scaling", "--sizes", "20", "--out", str(tmp_path))
