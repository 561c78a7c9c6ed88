"""Longtail with its defaults against its peers, on every data folder, by the same evaluation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

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

REPEATED = 2
"""Data sets, the smallest, on which every seed is measured."""

OVER_SEEDS = ("ndcg", "tail_recall", "cold_recall", "coverage")
BY_FIGURE = {"ndcg": "tuned", "tail_recall": "tuned for the tail"}


@dataclass(frozen=True)
class Beside:
    """What measured figures are shown beside.

    Attributes:
        tuned: results of ``tuned_peers``: their settings are peers too.
        published: tables of published figures, each with ``data`` and ``protocol``.
    """

    tuned: Mapping[str, Any] = field(default_factory=dict)
    published: Sequence[Mapping[str, Any]] = ()

    def tuned_peers(self, name: str, protocol: str) -> Iterator[Peer]:
        """Peers with the settings that a search on this data found, each of them once."""
        for peer, search in (_of(self.tuned.get("data", ()), name, protocol) or NO_SEARCH).items():
            seen = []
            for figure, words in BY_FIGURE.items():
                settings = search["best"][figure]["settings"]
                if settings not in seen:
                    seen.append(settings)
                    yield Peer(peer, settings, f"{peer}, {words}")

    def published_of(self, name: str, protocol: str) -> Mapping[str, Any] | None:
        found = [each for each in self.published if _key(each, "data") == (name, protocol)]
        return found[0] if found else None


NO_SEARCH: Mapping[str, Any] = {}


def _of(data: Sequence[Mapping[str, Any]], name: str, protocol: str) -> Mapping[str, Any] | None:
    found = [each["peers"] for each in data if _key(each, "name") == (name, protocol)]
    return found[0] if found else None


def _key(each: Mapping[str, Any], name: str) -> tuple[str, str]:
    return each[name], each["protocol"]


def run_benchmark(
    folders: Sequence[tuple[DataFolder, str]],
    *,
    seeds: Sequence[int],
    everybody: bool,
    beside: Beside,
    workspace: Workspace,
    say: Say,
) -> dict[str, Any]:
    """Results of all methods on all folders, each with its protocol, as JSON values.

    One process at a time, so that no other work changes the seconds. All seeds are measured on the
    smallest folders, the first one on all.
    """
    began = time.monotonic()
    splits = [
        (folder, make_split(folder, protocol, workspace.splits, everybody=everybody))
        for folder, protocol in folders
    ]
    sizes = sorted(split.about["train"] for _, split in splits)
    data = []
    for at, (folder, split) in enumerate(splits):
        protocol = split.about["protocol"]
        passed = f"{time.monotonic() - began:.0f} s so far"
        say(f"{folder.name} ({protocol}): {at + 1} of {len(folders)}, {passed}")
        peers = [*map(Peer, PEERS), *beside.tuned_peers(folder.name, protocol)]
        methods: list[Method] = [Longtail(seeds[0]), *peers]
        row = _compare(folder.name, split, methods, workspace, say)
        if len(seeds) > 1 and split.about["train"] <= sizes[:REPEATED][-1]:
            row["seeds"] = _over_seeds(split, seeds, workspace, say)
        row["published"] = beside.published_of(folder.name, protocol)
        data.append({**row, "machine": describe_machine(), "seed": seeds[0]})
    return {"k": K, "data": data}


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


def _over_seeds(
    split: SplitFolder, seeds: Sequence[int], workspace: Workspace, say: Say
) -> dict[str, Any]:
    """Longtail's mean and range by figure."""
    figures = []
    for seed in seeds:
        lists = lists_of(Longtail(seed), split, workspace.cache)
        figures.append(evaluate_lists(split, lists.file, K, intervals=False).figures)
        say(f"  seed {seed}: NDCG {figures[-1]['ndcg']:.4f}")
    found: dict[str, Any] = {"seeds": list(seeds)}
    for name in OVER_SEEDS:
        values = [each[name] for each in figures]
        found[name] = {"mean": float(np.mean(values)), "low": min(values), "high": max(values)}
    return found


def line_of(name: str, row: dict[str, Any], fresh: bool) -> str:
    source = "" if fresh else " (from an earlier run)"
    figures = f"NDCG {row['ndcg']:.4f}, tail recall {row['tail_recall']:.4f}"
    return f"  {name:12} {figures}, {row['cpu']:.0f} s of CPU, {row['peak']:,} MiB{source}"
