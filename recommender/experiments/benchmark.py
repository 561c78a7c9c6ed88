"""Longtail with its defaults beside its peers, on every data folder, judged by the same rules."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from recommender.experiments.folders import DataFolder
from recommender.experiments.judging import Judged, judge
from recommender.experiments.machine import describe_machine
from recommender.experiments.methods import OURS, K, Longtail, Method, Peer, lists_of
from recommender.experiments.peers import PEERS
from recommender.experiments.splits import SplitFolder, make_split
from recommender.experiments.workspace import Workspace

Say = Callable[[str], None]

COMPARED = ("ndcg", "tail_recall")
"""For each of them ours is compared with the peer that is best at it."""


def run_benchmark(
    folders: Sequence[tuple[DataFolder, str]], *, seed: int, workspace: Workspace, say: Say
) -> dict[str, Any]:
    """All methods on all folders, each with its protocol; the results as JSON values.

    One process at a time, so that the seconds are those of a machine that does nothing else.
    """
    began = time.monotonic()
    methods: list[Method] = [Longtail(seed), *map(Peer, PEERS)]
    data = []
    for at, (folder, protocol) in enumerate(folders):
        split = make_split(folder, protocol, workspace.splits)
        say(
            f"{folder.name} ({protocol}): {at + 1} of {len(folders)}, {time.monotonic() - began:.0f} s so far"
        )
        data.append(_compare(folder.name, split, methods, workspace, say))
    return {"machine": describe_machine(), "seed": seed, "k": K, "data": data}


def _compare(
    name: str, split: SplitFolder, methods: Sequence[Method], workspace: Workspace, say: Say
) -> dict[str, Any]:
    judged: dict[str, Judged] = {}
    rows: dict[str, dict[str, Any]] = {}
    for method in methods:
        if reason := method.unfit(split):
            rows[method.name] = {"unfit": reason}
            continue
        lists = lists_of(method, split, workspace.cache)
        judged[method.name] = judge(split, lists.file, K)
        rows[method.name] = {**judged[method.name].figures, **lists.told}
        say(line_of(method.name, rows[method.name], lists.fresh))
    return {"name": name, **split.about, "methods": rows, "against": _against_best(judged)}


def _against_best(judged: dict[str, Judged]) -> dict[str, Any]:
    """By compared figure: the best peer, and how much ours is above it, a person's two lists taken together."""
    found = {}
    for figure in COMPARED:
        peers = {name: each.figures[figure] for name, each in judged.items() if name != OURS}
        best = max(peers, key=lambda name: peers[name])
        difference, low, high = judged[OURS].against(judged[best])[figure]
        found[figure] = {
            "peer": best,
            "theirs": peers[best],
            "difference": difference,
            "low": low,
            "high": high,
        }
    return found


def line_of(name: str, row: dict[str, Any], fresh: bool) -> str:
    kept = "" if fresh else " (kept from an earlier run)"
    figures = f"NDCG {row['ndcg']:.4f}, tail recall {row['tail_recall']:.4f}"
    return f"  {name:12} {figures}, {row['wall']:.0f} s, {row['peak']:,} MiB{kept}"
