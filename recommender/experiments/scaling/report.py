"""The table and the curves of what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recommender.experiments.plots import COLOURS, draw_panels, save_figure

Rows = Sequence[Mapping[str, Any]]

STAGES = ("texts", "tuning", "evaluating", "fitting")


def table(rows: Rows) -> str:
    """Markdown, one row a size."""
    head = (
        "| items | events | import, events/s | training | of it texts, tuning, evaluating, fitting "
        "| peak memory | artifact | list of 10: CPU median | wall p50, p99 | memory of its own |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(_row(row) + "\n" for row in rows)


def _row(row: Mapping[str, Any]) -> str:
    training, ten = row["training"], row["lists"]["10 items"]
    stages = ", ".join(f"{training['seconds'].get(stage, 0):,.0f} s" for stage in STAGES)
    cells = (
        f"{row['items']:,}",
        f"{row['events']:,}",
        f"{row['importing_events'].get('rows_a_second', 0):,}",
        f"{training['wall_s']:,.0f} s ({training['cpu_s']:,.0f} s of CPU)",
        stages,
        f"{training['peak_mib'] / 1024:.1f} GiB",
        f"{training['artifact_mib']:,} MiB",
        f"{ten['cpu_ms']['median']:.1f} ms",
        f"{ten['wall_ms']['median']:.1f}, {ten['wall_ms']['99 %']:.1f} ms",
        f"{row['private_mib']:,} MiB",
    )
    return "| " + " | ".join(cells) + " |"


def plot(rows: Rows, path: Path) -> None:
    """Seconds, memory and list time by number of items, on logarithmic axes, as SVG."""
    items = [row["items"] for row in rows]
    figure, (time, memory, lists) = draw_panels(3)
    for colour, stage in zip(COLOURS, STAGES, strict=False):
        seconds = [max(0.1, row["training"]["seconds"].get(stage, 0)) for row in rows]
        time.plot(items, seconds, marker="o", color=colour, label=stage)
    time.plot(items, [row["training"]["wall_s"] for row in rows], "k--", label="all")
    memory.plot(items, [row["training"]["peak_mib"] for row in rows], "o-", label="training, peak")
    memory.plot(items, [row["training"]["artifact_mib"] for row in rows], "o-", label="artifact")
    memory.plot(items, [row["private_mib"] for row in rows], "o-", label="a web process's own")
    for name in rows[0]["lists"]:
        cpu = [row["lists"][name]["cpu_ms"]["median"] for row in rows]
        lists.plot(items, cpu, "o-", label=name)
    for axes, what in ((time, "training, s"), (memory, "MiB"), (lists, "CPU of a list, ms")):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("items")
        axes.set_ylabel(what)
        axes.legend(fontsize=6)
    save_figure(figure, path)
