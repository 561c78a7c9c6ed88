"""Tables of docs/explanation/controls.md and the figures that the site shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recommender.experiments.children import ROOT
from recommender.experiments.controls import (
    CATEGORY,
    DIAL_LIST_LENGTH,
    LIST_LENGTH,
    MORE,
    PROVIDER,
    SAME,
    SIMILAR,
    SIMILAR_WORDS,
    WORD,
)
from recommender.experiments.report import inserted, without_nan
from recommender.experiments.tables import NOTHING, machine_line, table

FIGURES = ROOT / "recommender" / "views" / "published_controls.json"
PAGE = "controls.md"

LINES = {
    SAME: ("“Not for me”: the item itself", "100 %"),
    SIMILAR: ("“Not for me”: similar items", "≥ 80 %"),
    SIMILAR_WORDS: ("… similar by their plain words alone", ""),
    CATEGORY: ("Hidden category", "100 %"),
    PROVIDER: ("Hidden provider", "100 %"),
    WORD: ("Deleted interest word", "≥ 80 %"),
}


def publish_controls(results: Mapping[str, Any], docs: Path, figures: Path = FIGURES) -> list[Path]:
    """Write the page's tables and the site's figures; return the written files."""
    page = docs / PAGE
    text = inserted(page.read_text(), "controls", controls_section(results), PAGE)
    figures.write_text(json.dumps(without_nan(results), indent=1, ensure_ascii=False) + "\n")
    page.write_text(text)
    return [page, figures]


def controls_section(results: Mapping[str, Any]) -> str:
    data = results["catalogues"]
    head = [
        f"of the unwanted items prevented in the next {LIST_LENGTH} places",
        "target",
        *map(_title, data),
    ]
    rows = [[name, target or NOTHING, *(_prevented(each["controls"][key]) for each in data)]
            for key, (name, target) in LINES.items()]  # fmt: skip
    return "\n\n".join(
        [
            f"{results['seeds']} seeds, {results['people']} people each; "
            f"brackets: 95 % interval over trials. {machine_line(results['machine'])}",
            table(head, rows),
            table(
                ["“more like this”", *map(_title, data)],
                [["similar items, times as many", *map(_times, data)]],
            ),
            table(
                ["the dial, from 0 to 1 in tenths", "target", *map(_title, data)], _dial_rows(data)
            ),
        ]
    )


def _dial_rows(data: list[Mapping[str, Any]]) -> list[list[str]]:
    dials = [each["dial"] for each in data]
    shares = [[_percent(dial["tail_share"][at]) for dial in dials] for at in (0, 3, 5, 10)]
    names = [
        f"tail share of {DIAL_LIST_LENGTH} places at {step}" for step in ("0", "0.3", "0.5", "1")
    ]
    monotone = ["people whose tail share never falls", "≥ 95 %", *map(_monotone, dials)]
    return [monotone, *([name, NOTHING, *row] for name, row in zip(names, shares, strict=True))]


def _title(each: Mapping[str, Any]) -> str:
    return f"{each['name']} ({'simulated' if each['is_simulated'] else 'real log'})"


def _prevented(figures: Mapping[str, Any]) -> str:
    if not figures["trials"]:
        return NOTHING
    low, high = _percent(figures["low"]), _percent(figures["high"])
    return (
        f"{_percent(figures['prevented'])} [{low}, {high}], "
        f"{figures['before']:.1f} → {figures['after']:.1f}, {figures['trials']} trials"
    )


def _times(each: Mapping[str, Any]) -> str:
    figures = each["controls"][MORE]
    return (
        f"{figures['times']:.2f} [{figures['low']:.2f}, {figures['high']:.2f}]"
        if figures["trials"]
        else NOTHING
    )


def _monotone(dial: Mapping[str, Any]) -> str:
    return f"{_percent(dial['monotone'])} [{_percent(dial['low'])}, {_percent(dial['high'])}]"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace("100.0 %", "100 %").replace("-", "−")
