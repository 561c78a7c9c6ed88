"""The benchmark as Markdown: all data sets, each data set, and where a peer is better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from recommender.experiments.methods import OURS
from recommender.experiments.report_costs import costs_sections
from recommender.experiments.report_frontier import frontier_sections
from recommender.experiments.report_published import published_section
from recommender.experiments.tables import (
    NOTHING,
    interval,
    machine_line,
    number,
    signed,
    table,
    times,
    title_of,
)

COLUMNS = {
    "NDCG": "ndcg",
    "recall": "recall",
    "tail recall": "tail_recall",
    "cold recall": "cold_recall",
    "coverage": "coverage",
    "tail share": "tail_share",
    "Gini": "gini",
    "novelty, bits": "novelty",
    "category diversity": "category_diversity",
}
HIGHER_IS_BETTER = (
    "recall",
    "cold recall",
    "coverage",
    "tail share",
    "novelty, bits",
    "category diversity",
)
SEEDED = {name: COLUMNS[name] for name in ("NDCG", "tail recall", "cold recall", "coverage")}
TITLES = {"ndcg": "NDCG", "tail_recall": "tail recall"}
PROTOCOLS = {"time": "cut at one instant", "last": "last item of each person"}


def benchmark_section(results: Mapping[str, Any]) -> str:
    data = results["data"]
    pictures = "![NDCG and tail recall of every method on every data set](evaluation/benchmark.svg)"
    details = [f"### {title_of(each)}\n\n{_about(each)}\n\n{_details(each)}" for each in data]
    return "\n\n".join(
        [
            f"k = {results['k']}.",
            *_machines(data),
            _summary(data),
            pictures,
            *_over_seeds(data),
            *map(published_section, (each for each in data if each.get("published"))),
            *costs_sections(data),
            *frontier_sections(data),
            *details,
            "### Where Longtail does not win",
            _losses(data),
        ]
    )


def _machines(data: list[Mapping[str, Any]]) -> list[str]:
    """Where each was measured, and by which engine; those of one machine and engine together."""
    by_line: dict[str, list[str]] = {}
    for each in data:
        line = f"{machine_line(each['machine'])} Seed {each['seed']}."
        by_line.setdefault(line, []).append(title_of(each))
    if len(by_line) == 1:
        return list(by_line)
    return [f"**{'; '.join(names)}**: {line}" for line, names in by_line.items()]


def _over_seeds(data: list[Mapping[str, Any]]) -> list[str]:
    repeated = [each for each in data if each.get("seeds")]
    if not repeated:
        return []
    seeds = ", ".join(map(str, repeated[0]["seeds"]["seeds"]))
    title = f"### Over seeds\n\nLongtail's mean, and its range, over the seeds {seeds}."
    head = ["data", *(f"{name} (range)" for name in SEEDED)]
    return [title, table(head, [[title_of(each), *_ranges(each["seeds"])] for each in repeated])]


def _ranges(seeds: Mapping[str, Any]) -> list[str]:
    figures = [seeds[key] for key in SEEDED.values()]
    return [f"{number(each['mean'])} ({interval(each['low'], each['high'])})" for each in figures]


def _summary(data: list[Mapping[str, Any]]) -> str:
    head = ["data", "NDCG (95 %)", "best peer", "", "difference (95 %)"]
    head += [
        "tail recall (95 %)",
        "best peer",
        "",
        "difference (95 %)",
        "cold recall",
        "coverage",
        "CPU",
        "memory",
        "engine",
    ]
    return table(head, [_summary_row(each) for each in data])


def _summary_row(each: Mapping[str, Any]) -> list[str]:
    ours = each["methods"][OURS]
    row = [title_of(each)]
    for figure in TITLES:
        best = each["against"][figure]
        own = interval(ours[f"{figure}_low"], ours[f"{figure}_high"])
        row += [
            f"**{number(ours[figure])}** ({own})",
            f"{number(best['theirs'])} {best['peer']}",
            times(ours[figure], best["theirs"]),
            f"{signed(best['difference'])} ({interval(best['low'], best['high'])})",
        ]
    side = [number(ours["cold_recall"]), number(ours["coverage"])]
    engine = each["machine"]["engine"][:8]
    return [*row, *side, f"{ours['cpu']:.0f} s", f"{ours['peak']:,} MiB", engine]


def _about(each: Mapping[str, Any]) -> str:
    return (
        f"{PROTOCOLS[each['protocol']].capitalize()}: {each['train']:,} interactions of "
        f"{each['people']:,} people with {each['items']:,} items to learn from, "
        f"{each['test']:,} of {each['asked']:,} people asked for."
    )


def _details(each: Mapping[str, Any]) -> str:
    rows = []
    for name, row in each["methods"].items():
        shown = f"**{name}**" if name == OURS else name
        if "unfit" in row:
            rows.append([f"{shown} ({row['unfit']})", *[NOTHING] * (len(COLUMNS) + 2)])
        else:
            rows.append([shown, *_figures(row), f"{row['cpu']:.0f} s", f"{row['peak']:,} MiB"])
    return table(["method", *COLUMNS, "CPU", "memory"], rows)


def _figures(row: Mapping[str, Any]) -> list[str]:
    return [number(row[key], 2 if key == "novelty" else 4) for key in COLUMNS.values()]


def _losses(data: list[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"- **{title_of(each)}**: {'; '.join(_losses_of(each)) or 'nowhere'}." for each in data
    )


def _losses_of(each: Mapping[str, Any]) -> Iterator[str]:
    ours, methods = each["methods"][OURS], each["methods"]
    peers = {name: row for name, row in methods.items() if name != OURS and "unfit" not in row}
    for figure, title in TITLES.items():
        best = each["against"][figure]
        if best["difference"] <= 0:
            theirs, own = number(best["theirs"]), number(ours[figure])
            yield f"{title} is {theirs} with {best['peer']}, {own} with Longtail"
        elif not best["low"] > 0:
            yield f"{title} is above that of {best['peer']} by less than the interval is wide"
    for title in HIGHER_IS_BETTER:
        key = COLUMNS[title]
        values = {name: measured(row[key]) for name, row in peers.items()}
        best = max(values, key=lambda name: values[name])
        if values[best] > measured(ours[key]):
            digits = 2 if key == "novelty" else 4
            theirs, own = number(peers[best][key], digits), number(ours[key], digits)
            yield f"{title} {theirs} ({best}) against {own}"
    faster = min(peers, key=lambda name: peers[name]["cpu"])
    if peers[faster]["cpu"] < ours["cpu"]:
        yield f"{faster} needs {peers[faster]['cpu']:.1f} s of CPU, Longtail {ours['cpu']:.0f} s"


def measured(value: float | None) -> float:
    """0 for what could not be measured: nan, or the null of a stored one."""
    return value if value is not None and math.isfinite(value) else 0.0
