"""Evaluate a file of lists on a split: metrics, intervals, and differences of two methods."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.engine.data.errors import DataError
from recommender.engine.data.head_tail import head_of
from recommender.engine.data.types import IntArray
from recommender.engine.evaluation import metrics
from recommender.engine.evaluation.evaluate import evaluate
from recommender.experiments.folders import TEXT
from recommender.experiments.splits import SplitFolder

PAIRED = ("ndcg", "tail_recall")


@dataclass(frozen=True)
class Evaluated:
    """``figures``: see ``engine.evaluation.Metrics``.

    ``by_person``: (people,) of the figures in ``PAIRED``; nan for people who do not count.
    """

    figures: dict[str, float]
    by_person: dict[str, NDArray[np.float64]]

    def against(self, other: Evaluated) -> dict[str, tuple[float, float, float]]:
        """Mean paired difference by figure, with its 95 % interval over people."""
        gaps = {name: self.by_person[name] - other.by_person[name] for name in PAIRED}
        return {
            name: (metrics.mean(gap), *metrics.bootstrap_interval(gap))
            for name, gap in gaps.items()
        }


def evaluate_lists(split: SplitFolder, file: Path, k: int, *, intervals: bool = True) -> Evaluated:
    """Metrics over all people of the split; a person without a list counts as all misses.

    Raises:
        DataError: if a list has an unknown item, a repeated item, or one of the person's items.
    """
    lists = read_lists(split, file, k)
    asked, head = split.split, head_of(split.split.train)
    tail = [items[~head[items]] for items in asked.relevant]
    by_person = {
        "ndcg": metrics.ndcg_by_person(lists, asked.relevant, k),
        "tail_recall": metrics.recall_by_person(lists, tail, k),
    }
    return Evaluated(evaluate(lists, asked, k, intervals=intervals).as_dict(), by_person)


def read_lists(split: SplitFolder, file: Path, k: int) -> list[IntArray]:
    """Item indices per person of the split, best first, at most k."""
    table = pd.read_csv(file, dtype=TEXT).sort_values(["user_id", "rank"], kind="stable")
    items = pd.Index(split.loaded.item_ids[split.loaded.listed]).get_indexer(table.item_id)
    if (items < 0).any():
        raise DataError(
            f"{file.name}: item {table.item_id[items < 0].iloc[0]!r} is not in the catalogue"
        )
    own: dict[Any, IntArray] = {
        user: items[rows].astype(np.int32)[:k]
        for user, rows in table.groupby("user_id", sort=False).indices.items()
    }
    none = np.empty(0, dtype=np.int32)
    lists = [own.get(split.loaded.user_ids[user], none) for user in split.split.users]
    for user, given in zip(split.split.users, lists, strict=True):
        _reject_bad(split, int(user), given, file)
    return lists


def _reject_bad(split: SplitFolder, user: int, given: IntArray, file: Path) -> None:
    who = split.loaded.user_ids[user]
    if len(np.unique(given)) < len(given):
        raise DataError(f"{file.name}: the list of {who!r} repeats an item")
    if np.isin(given, split.loaded.dataset.query(user).history).any():
        raise DataError(f"{file.name}: the list of {who!r} holds an item that they have")
