"""The search for each peer's best settings as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recommender.experiments.report_benchmark import PROTOCOLS, TITLES
from recommender.experiments.tables import interval, machine_line, number, signed, table

HEAD = (
    "peer", "tried", "CPU of the search", "best by", "on the slice", "NDCG (95 %)",
    "against common settings (95 %)", "tail recall (95 %)", "against common settings (95 %)",
    "settings",
)  # fmt: skip


def tuned_peers_section(results: Mapping[str, Any]) -> str:
    return "\n\n".join(map(_of_data, results["data"]))


def _of_data(each: Mapping[str, Any]) -> str:
    slice_, peers = each["validation"], each["peers"]
    spent = sum(search["cpu"] for search in peers.values())
    tried = sum(len(search["tried"]) for search in peers.values())
    about = (
        f"{PROTOCOLS[each['protocol']].capitalize()}. The slice: {slice_['train']:,} interactions "
        f"to learn from, {slice_['test']:,} of {slice_['asked']:,} people asked for. "
        f"{tried} settings, {spent / 60:.0f} minutes of CPU. {machine_line(each['machine'])}"
    )
    rows = [row for name, search in peers.items() for row in _rows(name, search)]
    return f"### {each['name']}, {each['protocol']}\n\n{about}\n\n{table(HEAD, rows)}"


def _rows(name: str, search: Mapping[str, Any]) -> Iterator[list[str]]:
    """A row for each of the chosen settings, which may be one and the same."""
    cost = [f"{len(search['tried'])}", f"{search['cpu']:.0f} s"]
    by_settings: dict[str, list[str]] = {}
    for figure, best in search["best"].items():
        by_settings.setdefault(settings_line(best["settings"]), []).append(figure)
    for line, figures in by_settings.items():
        best = search["best"][figures[0]]
        (on_slice,) = [each for each in search["tried"] if each["settings"] == best["settings"]]
        titles = ", ".join(TITLES[figure] for figure in figures)
        shown = ", ".join(number(on_slice[figure]) for figure in figures)
        cells = [cell for figure in TITLES for cell in _tested(best, figure)]
        yield [name, *cost, titles, shown, *cells, line]
        name, cost = "", ["", ""]


def _tested(best: Mapping[str, Any], figure: str) -> list[str]:
    more, low, high = best["difference"][figure]
    own = interval(best[f"{figure}_low"], best[f"{figure}_high"])
    return [f"{number(best[figure])} ({own})", f"{signed(more)} ({interval(low, high)})"]


def settings_line(settings: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {'all' if value is None else value:{'' if value is None else 'g'}}"
        for name, value in settings.items()
    )
