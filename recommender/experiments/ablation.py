"""Ablation: the full blend against the blend without each component, each trained anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from recommender.engine.tuning.search_space import TEXT_COMPONENTS
from recommender.experiments.benchmark import Say, line_of
from recommender.experiments.folders import DataFolder
from recommender.experiments.list_evaluation import evaluate_lists
from recommender.experiments.machine import describe_machine
from recommender.experiments.methods import K, Longtail, lists_of
from recommender.experiments.splits import SplitFolder, make_split
from recommender.experiments.workspace import Workspace

FULL = "everything"
NETWORKS = ("interest", "sequence")
ARMS: Mapping[str, Longtail] = MappingProxyType(
    {
        "the generated interest text": Longtail(without=("interest",)),
        "the sequence model": Longtail(without=("sequence",)),
        "both networks": Longtail(without=NETWORKS),
        "the augmentation by text": Longtail(without=("text_knn",)),
        "the sentence encoder": Longtail(text_encoder="words"),
        "all that reads text": Longtail(without=tuple(sorted({*NETWORKS, *TEXT_COMPONENTS}))),
    }
)
"""By what each leaves out."""


def run_ablation(
    folders: Sequence[tuple[DataFolder, str]], *, seed: int, workspace: Workspace, say: Say
) -> dict[str, Any]:
    """The results as JSON values."""
    data = []
    for folder, protocol in folders:
        say(f"{folder.name} ({protocol})")
        split = make_split(folder, protocol, workspace.splits)
        data.append(
            {"name": folder.name, **split.about, "arms": _leave_out(split, seed, workspace, say)}
        )
    return {"machine": describe_machine(), "seed": seed, "k": K, "data": data}


def _leave_out(
    split: SplitFolder, seed: int, workspace: Workspace, say: Say
) -> dict[str, dict[str, Any]]:
    """Figures by arm, and the full blend's gain over it, with an interval over people."""
    methods = {
        FULL: Longtail(seed),
        **{name: replace(arm, seed=seed) for name, arm in ARMS.items()},
    }
    evaluated, rows = {}, {}
    for name, method in methods.items():
        lists = lists_of(method, split, workspace.cache)
        evaluated[name] = evaluate_lists(split, lists.file, K)
        rows[name] = {**evaluated[name].figures, **lists.figures}
        say(line_of(name if name == FULL else f"without {name}", rows[name], lists.fresh))
    for name in ARMS:
        rows[name]["adds"] = evaluated[FULL].against(evaluated[name])
    return rows
