"""The published table beside the measured figures, as Markdown."""

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
    """Data, interpretation and the settings, one per seed."""
    for (data, interpretation), own in groupby(
        results["settings"], key=lambda each: (each["folder"], each["interpretation"])
    ):
        yield data, interpretation, list(own)


def values_of(settings: Sequence[Mapping[str, Any]], method: str, figure: str) -> list[float]:
    """One value per seed; nan if it could not be measured."""
    return [each["figures"][method][figure] for each in settings]


def paper_section(results: Mapping[str, Any]) -> str:
    picture = "![The published table as bars, beside what is measured](evaluation/paper.svg)"
    blocks = [
        machine_line(results["machine"]),
        _published(),
        picture,
        "#### What the generated text adds",
        _gains(results),
    ]
    return "\n\n".join([*blocks, *(_group(group) for group in groups(results))])


def _published() -> str:
    rows = [
        [name, *(number(value, 2) for value in row.values())] for name, row in PUBLISHED.items()
    ]
    return table(["published; not defined, no data", "accuracy", "recall", "diversity"], rows)


def _gains(results: Mapping[str, Any]) -> str:
    rows = [["published", "+.05 (accuracy)", "+.05 (accuracy)", "+.05", "+.05"]]
    for data, interpretation, settings in groups(results):
        cells = [f"{data}, {interpretation}"]
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
    data, interpretation, settings = group
    rows = [
        [name, *(_cell(values_of(settings, name, figure)) for figure in FIGURES.values())]
        for name in settings[0]["figures"]
    ]
    return f"#### {data}, {interpretation}\n\n{_sizes(settings)}\n\n{table(['', *FIGURES], rows)}"


def _cell(values: Sequence[float]) -> str:
    middle, low, high = over_seeds(values)
    return f"{number(middle)} ± {number((high - low) / 2)}"


def _sizes(settings: Sequence[Mapping[str, Any]]) -> str:
    """Mean sizes over the seeds."""
    mean = {
        key: sum(each["sizes"][key] for each in settings) / len(settings)
        for key in settings[0]["sizes"]
    }
    return (
        f"{mean['people']:,.0f} people × {mean['items']:,.0f} items, "
        f"{mean['interactions']:,.0f} interactions, of which {mean['learnt']:,.0f} are learnt "
        f"from; {mean['asked']:,.0f} people are asked. Means over {len(settings)} seeds with half "
        "the width of the 95 % interval."
    )
