"""Charts of the results as SVG; equal results give equal files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.experiments.ablation import FULL
from recommender.experiments.intervals import over_seeds
from recommender.experiments.methods import OURS, peer_of
from recommender.experiments.report_paper import FIGURES, PUBLISHED, groups, values_of
from recommender.experiments.tables import title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = (
    *("#8f2d56", "#31708e", "#6b8e23", "#c28e0e", "#5d576b", "#2a9d8f", "#b5651d", "#7a1fa2"),
)
ACROSS = 3
BARS = ("precision", "hit rate", "recall", "diversity", "hit rate among 100")
ADDED = {"ndcg": "it adds to NDCG@10", "tail_recall": "it adds to tail recall@10"}


def plot_benchmark(results: Mapping[str, Any], folder: Path) -> None:
    """One panel per data set: NDCG and tail recall of each method, with intervals.

    A peer with other settings has the colour of the peer, and a triangle.
    """
    data = results["data"]
    figure, panels = draw_panels(len(data))
    names = list(dict.fromkeys(peer_of(name) for each in data for name in each["methods"]))
    for axes, each in zip(panels, data, strict=True):
        for name, row in each["methods"].items():
            if row.get("ndcg") is not None and row.get("tail_recall") is not None:
                _point(axes, name, row, COLOURS[names.index(peer_of(name)) % len(COLOURS)])
        axes.set_title(title_of(each), fontsize=9)
        axes.set_xlabel("NDCG@10")
        axes.set_ylabel("tail recall@10")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
    _legend(figure, panels[0], len(names))
    save_figure(figure, folder / "benchmark.svg")


def plot_paper(results: Mapping[str, Any], folder: Path) -> None:
    """The published table and the measured figures as bars, by data set and interpretation."""
    found = list(groups(results))
    figure, panels = draw_panels(1 + len(found))
    _published_bars(panels[0])
    methods = list(found[0][2][0]["figures"])
    for axes, (data, interpretation, settings) in zip(panels[1:], found, strict=True):
        for at, name in enumerate(methods):
            means = [over_seeds(values_of(settings, name, FIGURES[bar])) for bar in BARS]
            _bars(axes, at, len(methods), name, means, COLOURS[at % len(COLOURS)])
        axes.set_title(f"{data}, {interpretation}", fontsize=9)
        axes.set_xticks(range(len(BARS)), [bar.replace(" among", "\namong") for bar in BARS])
        axes.set_ylim(0, 1)
    _legend(figure, panels[1], 3)
    save_figure(figure, folder / "paper.svg")


def plot_ablation(results: Mapping[str, Any], folder: Path) -> None:
    """One panel per data set: the full blend's gain over each arm, with 95 % intervals."""
    data = results["data"]
    figure, panels = draw_panels(len(data))
    for at, (axes, each) in enumerate(zip(panels, data, strict=True)):
        arms = {name: row["adds"] for name, row in each["arms"].items() if name != FULL}
        for (key, title), shape, colour, shift in zip(
            ADDED.items(), "od", COLOURS, (-0.15, 0.15), strict=False
        ):
            more, low, high = zip(*(adds[key] for adds in arms.values()), strict=True)
            reach = [
                [m - l for m, l in zip(more, low, strict=True)],
                [h - m for m, h in zip(more, high, strict=True)],
            ]
            positions = [row + shift for row in range(len(arms))]
            axes.errorbar(
                more,
                positions,
                xerr=reach,
                fmt=shape,
                ms=4,
                elinewidth=1,
                color=colour,
                label=title,
            )
        axes.axvline(0, color="#888888", lw=0.8)
        axes.set_title(each["name"], fontsize=9)
        axes.set_yticks(range(len(arms)), arms if at % ACROSS == 0 else [""] * len(arms))
        axes.invert_yaxis()
        axes.locator_params(axis="x", nbins=5)
    _legend(figure, panels[0], len(ADDED))
    save_figure(figure, folder / "ablation.svg")


def draw_panels(n: int) -> tuple[Figure, list[Axes]]:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    # Text instead of outlines, and element names that are equal in every run.
    pyplot.rcParams.update({"svg.hashsalt": "longtail", "svg.fonttype": "none", "font.size": 8})
    columns = min(ACROSS, n)
    rows = -(-n // columns)
    figure, grid = pyplot.subplots(
        rows, columns, figsize=(3.6 * columns, 2.9 * rows), squeeze=False, layout="constrained"
    )
    panels = list(grid.flat)
    for empty in panels[n:]:
        empty.set_visible(False)
    return figure, panels[:n]


def _point(axes: Axes, name: str, row: Mapping[str, Any], colour: str) -> None:
    x, y = row["ndcg"], row["tail_recall"]
    reach = [
        [[value - row[f"{key}_low"]], [row[f"{key}_high"] - value]]
        for key, value in (("ndcg", x), ("tail_recall", y))
    ]
    is_tuned = peer_of(name) != name
    shape, size = ("*", 12) if name == OURS else ("^", 4) if is_tuned else ("o", 5)
    axes.errorbar(
        x,
        y,
        xerr=reach[0],
        yerr=reach[1],
        color=colour,
        elinewidth=0.7,
        label=None if is_tuned else name,
        fmt=shape,
        ms=size,
    )


def _published_bars(axes: Axes) -> None:
    for at, (name, row) in enumerate(PUBLISHED.items()):
        means = [(value, value, value) for value in row.values()]
        _bars(axes, at, len(PUBLISHED), name, means, COLOURS[at + 4])
    axes.set_title("published (undefined, no data)", fontsize=9)
    axes.set_xticks(range(3), list(next(iter(PUBLISHED.values()))))
    axes.set_ylim(0, 1)
    axes.legend(fontsize=6, loc="lower center")


def _bars(
    axes: Axes, at: int, n: int, name: str, means: list[tuple[float, float, float]], colour: str
) -> None:
    positions = [bar + (at - (n - 1) / 2) * 0.8 / n for bar in range(len(means))]
    heights = [middle for middle, _, _ in means]
    reach = [
        [middle - low for middle, low, _ in means],
        [high - middle for middle, _, high in means],
    ]
    axes.bar(
        positions,
        heights,
        0.8 / n,
        yerr=reach,
        color=colour,
        label=name,
        error_kw={"elinewidth": 0.7},
    )


def _legend(figure: Figure, axes: Axes, columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=columns, fontsize=7, frameon=False
    )


def save_figure(figure: Figure, path: Path) -> None:
    from matplotlib import pyplot

    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
