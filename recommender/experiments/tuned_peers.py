"""The best settings of each peer, found on a slice that is cut from the training part.

The test is read once for each setting that was chosen, and once for the common ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from recommender.experiments.folders import DataFolder
from recommender.experiments.list_evaluation import PAIRED, Evaluated, evaluate_lists
from recommender.experiments.machine import describe_machine
from recommender.experiments.methods import K, Peer, lists_of
from recommender.experiments.splits import SplitFolder, make_split
from recommender.experiments.workspace import Workspace

Settings = Mapping[str, Any]
Say = Callable[[str], None]


def _grid(**values: Sequence[Any]) -> list[Settings]:
    """Every combination."""
    return [dict(zip(values, each, strict=True)) for each in product(*values.values())]


GRIDS: Mapping[str, Sequence[Settings]] = MappingProxyType(
    {
        "item-kNN": _grid(shrinkage=[0, 10, 30, 100, 300], neighbours=[20, 100, None]),
        "EASE": _grid(ridge=[3, 10, 30, 100, 300, 1000, 3000]),
        "DAN": [
            *_grid(ridge=[20, 200], dropout=[0.5, 0.8], popularity=[0.0, 0.2, 0.4]),
            *_grid(ridge=[1000], dropout=[0.8], popularity=[0.4]),
            *_grid(ridge=[5, 50], dropout=[0.8], popularity=[0.2], activity=[0.5]),
        ],
        "ALS": [
            *_grid(factors=[128], regularization=[0.01, 10, 50, 150], alpha=[10, 40, 100]),
            *_grid(factors=[256], regularization=[10, 50, 150], alpha=[40]),
        ],
        "BPR": [
            *_grid(
                factors=[32, 128], learning_rate=[0.01, 0.02, 0.05], regularization=[1e-3, 1e-2]
            ),
            *_grid(factors=[64], learning_rate=[0.02], regularization=[1e-2], iterations=[50, 500]),
        ],
    }
)
"""At most fifteen settings of each."""


def tune_peers(
    folders: Sequence[tuple[DataFolder, str]], *, everybody: bool, workspace: Workspace, say: Say
) -> dict[str, Any]:
    """Results of the search on all folders, each with its protocol, as JSON values."""
    data = []
    for folder, protocol in folders:
        split = make_split(folder, protocol, workspace.splits, everybody=everybody)
        inner = make_split(DataFolder.at(split.path / "train"), protocol, workspace.splits)
        say(f"{folder.name} ({protocol})")
        searches = {
            peer: _search(peer, grid, split, inner, workspace, say)
            for peer, grid in GRIDS.items()
            if not Peer(peer).unfit(split)
        }
        data.append(
            {
                "name": folder.name,
                **split.about,
                "validation": inner.about,
                "machine": describe_machine(),
                "peers": searches,
            }
        )
    return {"k": K, "data": data}


def _search(
    peer: str,
    grid: Sequence[Settings],
    split: SplitFolder,
    inner: SplitFolder,
    workspace: Workspace,
    say: Say,
) -> dict[str, Any]:
    tried = []
    for settings in grid:
        lists = lists_of(Peer(peer, settings), inner, workspace.cache)
        figures = evaluate_lists(inner, lists.file, K, intervals=False).figures
        row = {name: figures[name] for name in PAIRED}
        tried.append({"settings": settings, **row, **_cost(lists.figures)})
        say(f"  {peer:9} {settings} NDCG {row['ndcg']:.4f}, tail recall {row['tail_recall']:.4f}")
    usual, cost = _tested(Peer(peer), split, workspace)
    best = {figure: max(tried, key=itemgetter(figure)) for figure in PAIRED}
    return {
        "tried": tried,
        "cpu": round(sum(each["cpu"] for each in tried), 1),
        "common": {**usual.figures, **cost},
        "best": {
            figure: _against(Peer(peer, each["settings"]), usual, split, workspace)
            for figure, each in best.items()
        },
    }


def _against(
    method: Peer, usual: Evaluated, split: SplitFolder, workspace: Workspace
) -> dict[str, Any]:
    """The test figures of chosen settings, and their paired difference to the common ones."""
    found, cost = _tested(method, split, workspace)
    gain = found.against(usual)
    return {"settings": dict(method.settings), **found.figures, **cost, "difference": gain}


def _tested(
    method: Peer, split: SplitFolder, workspace: Workspace
) -> tuple[Evaluated, dict[str, Any]]:
    lists = lists_of(method, split, workspace.cache)
    return evaluate_lists(split, lists.file, K), _cost(lists.figures)


def _cost(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: figures[name] for name in ("cpu", "peak")}
