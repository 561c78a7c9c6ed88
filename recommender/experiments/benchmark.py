"""Longtail with its defaults against its peers, on every data folder, by the same evaluation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from recommender.experiments.folders import DataFolder
from recommender.experiments.list_evaluation import Evaluated, evaluate_lists
from recommender.experiments.machine import describe_machine
from recommender.experiments.methods import OURS, K, Longtail, Method, Peer, lists_of
from recommender.experiments.peers import PEERS
from recommender.experiments.splits import SplitFolder, make_split
from recommender.experiments.workspace import Workspace

Say = Callable[[str], None]

COMPARED = ("ndcg", "tail_recall")
"""Longtail is compared with the best peer by each of these figures."""


def run_benchmark(
    folders: Sequence[tuple[DataFolder, str]], *, seed: int, workspace: Workspace, say: Say
) -> dict[str, Any]:
    """Results of all methods on all folders, each with its protocol, as JSON values.

    One process at a time, so that no other work changes the seconds.
    """
    began = time.monotonic()
    methods: list[Method] = [Longtail(seed), *map(Peer, PEERS)]
    data = []
    for at, (folder, protocol) in enumerate(folders):
        split = make_split(folder, protocol, workspace.splits)
        passed = f"{time.monotonic() - began:.0f} s so far"
        say(f"{folder.name} ({protocol}): {at + 1} of {len(folders)}, {passed}")
        data.append(_compare(folder.name, split, methods, workspace, say))
    return {"machine": describe_machine(), "seed": seed, "k": K, "data": data}


def _compare(
    name: str, split: SplitFolder, methods: Sequence[Method], workspace: Workspace, say: Say
) -> dict[str, Any]:
    evaluated: dict[str, Evaluated] = {}
    rows: dict[str, dict[str, Any]] = {}
    for method in methods:
        if reason := method.unfit(split):
            rows[method.name] = {"unfit": reason}
            continue
        lists = lists_of(method, split, workspace.cache)
        evaluated[method.name] = evaluate_lists(split, lists.file, K)
        rows[method.name] = {**evaluated[method.name].figures, **lists.figures}
        say(line_of(method.name, rows[method.name], lists.fresh))
    return {"name": name, **split.about, "methods": rows, "against": _against_best(evaluated)}


def _against_best(evaluated: dict[str, Evaluated]) -> dict[str, Any]:
    """By compared figure: the best peer, and Longtail's paired difference to it."""
    found = {}
    for figure in COMPARED:
        peers = {name: each.figures[figure] for name, each in evaluated.items() if name != OURS}
        best = max(peers, key=lambda name: peers[name])
        difference, low, high = evaluated[OURS].against(evaluated[best])[figure]
        found[figure] = {
            "peer": best,
            "theirs": peers[best],
            "difference": difference,
            "low": low,
            "high": high,
        }
    return found


def line_of(name: str, row: dict[str, Any], fresh: bool) -> str:
    source = "" if fresh else " (from an earlier run)"
    figures = f"NDCG {row['ndcg']:.4f}, tail recall {row['tail_recall']:.4f}"
    return f"  {name:12} {figures}, {row['wall']:.0f} s, {row['peak']:,} MiB{source}"
