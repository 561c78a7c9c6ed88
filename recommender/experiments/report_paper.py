"""The published table beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from recommender.experiments.intervals import over_seeds
from recommender.experiments.tables import interval, machine_line, number, signed, table

PUBLISHED = {
    "collaborative filtering": {"accuracy": 0.80, "recall": 0.75, "diversity": 0.70},
    "language-model-enhanced": {"accuracy": 0.85, "recall": 0.80, "diversity": 0.75},
}
FIGURES = {
    "precision": "precision",
    "hit rate": "hit_rate",
    "recall": "recall",
    "diversity": "diversity",
    "tail recall": "tail_recall",
    "coverage": "coverage",
    "hit rate among 100": "lenient_hit_rate",
}
PLAIN, ENHANCED = "collaborative filtering", "collaborative filtering + generated text"
GAINED = ("precision", "hit rate", "recall", "diversity")

Group = tuple[str, str, list[Mapping[str, Any]]]


def groups(results: Mapping[str, Any]) -> Iterator[Group]:
    """Data, reading, and its settings: one a seed."""
    for (data, reading), own in groupby(
        results["settings"], key=lambda each: (each["folder"], each["reading"])
    ):
        yield data, reading, list(own)


def values_of(settings: Sequence[Mapping[str, Any]], method: str, figure: str) -> list[float]:
    """One a seed; nan where nothing could be counted."""
    return [each["figures"][method][figure] for each in settings]


def paper_section(results: Mapping[str, Any]) -> str:
    picture = "![The published table as bars, beside what is measured](evaluation/paper.svg)"
    parts = [
        machine_line(results["machine"]),
        _published(),
        picture,
        "#### What the generated text adds",
        _gains(results),
    ]
    return "\n\n".join([*parts, *(_group(group) for group in groups(results))])


def _published() -> str:
    rows = [
        [name, *(number(value, 2) for value in row.values())] for name, row in PUBLISHED.items()
    ]
    return table(["published; not defined, no data", "accuracy", "recall", "diversity"], rows)


def _gains(results: Mapping[str, Any]) -> str:
    rows = [["published", "+.05 (accuracy)", "+.05 (accuracy)", "+.05", "+.05"]]
    for data, reading, settings in groups(results):
        cells = [f"{data}, {reading}"]
        for title in GAINED:
            pairs = zip(
                *(values_of(settings, name, FIGURES[title]) for name in (ENHANCED, PLAIN)),
                strict=True,
            )
            more, low, high = over_seeds([ours - theirs for ours, theirs in pairs])
            cells.append(f"{signed(more)} ({interval(low, high)})")
        rows.append(cells)
    return table(["collaborative filtering with it against without", *GAINED], rows)


def _group(group: Group) -> str:
    data, reading, settings = group
    rows = [
        [name, *(_cell(values_of(settings, name, figure)) for figure in FIGURES.values())]
        for name in settings[0]["figures"]
    ]
    return f"#### {data}, {reading}\n\n{_sizes(settings)}\n\n{table(['', *FIGURES], rows)}"


def _cell(values: Sequence[float]) -> str:
    middle, low, high = over_seeds(values)
    return f"{number(middle)} ± {number((high - low) / 2)}"


def _sizes(settings: Sequence[Mapping[str, Any]]) -> str:
    """As it came out on average over the seeds."""
    mean = {
        key: sum(each["sizes"][key] for each in settings) / len(settings)
        for key in settings[0]["sizes"]
    }
    return (
        f"{mean['people']:,.0f} people × {mean['items']:,.0f} items, {mean['interactions']:,.0f} interactions, of "
        f"which {mean['learnt']:,.0f} are learnt from; {mean['asked']:,.0f} people are asked. Means over "
        f"{len(settings)} seeds with half the width of the 95 % interval."
    )
