"""Measured figures beside published ones of the same log, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recommender.experiments.methods import OURS, peer_of
from recommender.experiments.tables import NOTHING, interval, number, table

HEAD = ("method", "NDCG@10", "recall@10", "reads", "from")


def published_section(each: Mapping[str, Any]) -> str:
    """The table, the best first, and what differs."""
    published = each["published"]
    rows = [*_measured(each), *map(_published, published["rows"])]
    ordered = [cells for _, cells in sorted(rows, key=lambda row: -row[0])]
    differs = "\n".join(f"- {text}" for text in published["differs"])
    title = f"### {each['name']}, {each['protocol']}, beside what is published"
    asked = (
        f"Here: {each['train']:,} interactions of {each['people']:,} people with {each['items']:,} "
        f"items to learn from, {each['asked']:,} people asked. {published['about']}"
    )
    return "\n\n".join([title, asked, table(HEAD, ordered), "What differs:", differs])


def _measured(each: Mapping[str, Any]) -> list[tuple[float, list[str]]]:
    rows = []
    for name, row in each["methods"].items():
        if "unfit" not in row:
            shown = f"**{name}**" if name == OURS else name
            ndcg = f"{number(row['ndcg'])} ({interval(row['ndcg_low'], row['ndcg_high'])})"
            reads = READS.get(peer_of(name), "ids")
            rows.append((row["ndcg"], [shown, ndcg, number(row["recall"]), reads, "measured here"]))
    return rows


READS = {OURS: "ids, order, times, texts, categories", "TF-IDF": "ids, titles, categories"}


def _published(row: Mapping[str, Any]) -> tuple[float, list[str]]:
    recall = number(row["recall"]) if "recall" in row else NOTHING
    return row["ndcg"], [row["model"], number(row["ndcg"]), recall, row["reads"], row["source"]]
