"""What Longtail's lists cost, and what its candidates hold, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recommender.experiments.methods import OURS
from recommender.experiments.tables import NOTHING, number, table, title_of


def costs_sections(data: Sequence[Mapping[str, Any]]) -> list[str]:
    """Empty if the command reported neither."""
    reported = [each for each in data if "list_cpu_ms" in _said(each)]
    recalled = [each for each in data if _candidates(each)]
    return [*([_costs(reported)] if reported else []), *([_recalls(recalled)] if recalled else [])]


def _costs(data: Sequence[Mapping[str, Any]]) -> str:
    head = ["data", "CPU of all", "of it a list", "memory", "candidates a person", "their recall"]
    title = (
        "### What it costs\n\nLongtail from reading the files to writing the lists. The recall of "
        "candidates is that of the newest slice of training."
    )
    return f"{title}\n\n{table(head, map(_cost_row, data))}"


def _cost_row(each: Mapping[str, Any]) -> list[str]:
    row, candidates = each["methods"][OURS], _candidates(each)
    union = candidates["union"] if candidates else None
    return [
        title_of(each),
        f"{row['cpu']:.0f} s",
        f"{_said(each)['list_cpu_ms']:.1f} ms",
        f"{row['peak']:,} MiB",
        f"{union['candidates']:.0f}" if union else NOTHING,
        number(union["recall"]) if union else NOTHING,
    ]


def _recalls(data: Sequence[Mapping[str, Any]]) -> str:
    """A row for each source; a column for each data set."""
    found = [_candidates(each) for each in data]
    names = sorted({name for each in found for name in each["sources"]})
    title = (
        "### What each source's candidates hold\n\nShare of the newest slice's held-out items; "
        "behind it, the share that no other source names."
    )
    rows = [[name, *(_cell(each["sources"].get(name)) for each in found)] for name in names]
    rows.append(["all sources", *(number(each["union"]["recall"], 3) for each in found)])
    tail = ["all sources, tail", *(number(each["union"]["tail_recall"], 3) for each in found)]
    return f"{title}\n\n{table(['source', *map(title_of, data)], [*rows, tail])}"


def _cell(source: Mapping[str, Any] | None) -> str:
    return f"{number(source['recall'], 3)}, {number(source['only'], 3)}" if source else NOTHING


def _said(each: Mapping[str, Any]) -> Mapping[str, Any]:
    return each["methods"][OURS].get("said") or {}


def _candidates(each: Mapping[str, Any]) -> Mapping[str, Any]:
    return (_said(each).get("validation") or {}).get("candidates") or {}
