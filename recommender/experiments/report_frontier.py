"""What a tail bonus costs and gains on the newest slice of each training, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recommender.experiments.methods import OURS
from recommender.experiments.tables import number, table, title_of

FIGURES = {
    "ndcg_at_10": "NDCG@10",
    "tail_recall": "tail recall@10",
    "cold_recall": "cold recall@10",
    "breadth": "different items a place",
}


def frontier_sections(data: Sequence[Mapping[str, Any]]) -> list[str]:
    """Empty if the command reported none."""
    tables = [_frontier(each) for each in data if _bonuses(each)]
    title = (
        "### The frontier of the tail bonus\n\nWhat a tail item's score gains, in units of twice "
        "the median deviation of a person's ten best scores, and the lists of the newest slice of "
        "training with it, by weights learnt on the older slices. **Bold**: what is served."
    )
    return ["\n\n".join([title, *tables])] if tables else []


def _frontier(each: Mapping[str, Any]) -> str:
    served = (_said(each).get("blend") or {}).get("tail_bonus")
    rows = []
    for tried in _bonuses(each):
        cells = [number(tried["strength"], 2)]
        cells += [number(tried["figures"].get(key)) for key in FIGURES]
        rows.append([f"**{cell}**" for cell in cells] if tried["amount"] == served else cells)
    return f"{title_of(each)}:\n\n{table(['bonus', *FIGURES.values()], rows)}"


def _said(each: Mapping[str, Any]) -> Mapping[str, Any]:
    return each["methods"][OURS].get("said") or {}


def _bonuses(each: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return (_said(each).get("validation") or {}).get("bonuses") or ()
