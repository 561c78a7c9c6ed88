"""The ablation as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recommender.experiments.ablation import FULL
from recommender.experiments.tables import interval, machine_line, number, signed, table

TITLES = {"ndcg": "NDCG", "tail_recall": "tail recall"}


def ablation_section(results: Mapping[str, Any]) -> str:
    measured = f"{machine_line(results['machine'])} Seed {results['seed']}, k = {results['k']}."
    picture = "![What each part adds to NDCG and tail recall](evaluation/ablation.svg)"
    tables = [f"### {each['name']}\n\n{_table(each['arms'])}" for each in results["data"]]
    return "\n\n".join([measured, picture, *tables])


def _table(arms: Mapping[str, Any]) -> str:
    head = [
        "",
        "NDCG",
        "it adds (95 %)",
        "tail recall",
        "it adds (95 %)",
        "cold recall",
        "coverage",
        "time",
    ]
    return table(head, [_row(name, row) for name, row in arms.items()])


def _row(name: str, row: Mapping[str, Any]) -> list[str]:
    cells = [FULL if name == FULL else f"without {name}"]
    for figure in TITLES:
        cells += [number(row[figure]), _added(row, figure)]
    return [*cells, number(row["cold_recall"]), number(row["coverage"]), f"{row['wall']:.0f} s"]


def _added(row: Mapping[str, Any], figure: str) -> str:
    if "adds" not in row:
        return ""
    more, low, high = row["adds"][figure]
    sure = "**" if low > 0 or high < 0 else ""
    return f"{sure}{signed(more)}{sure} ({interval(low, high)})"
