"""Which items are the head of a catalogue and which its tail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, IntArray

HEAD_SHARE = 0.2


def head_items(train_counts: IntArray, first_seen: NDArray[np.int64] | None = None) -> BoolArray:
    """The head: the 20 % most popular of the items with an interaction in training.

    Args:
        train_counts: (n_items,) interactions per item in training.
        first_seen: (n_items,) when each item first occurs in the log. On a tie the earlier item
            comes first; without this argument the lower index.

    Returns:
        (n_items,) mask. The number of head items is rounded half to even, so a catalogue of 1 or 2
        items has no head.
    """
    ties = np.arange(len(train_counts)) if first_seen is None else first_seen
    order = np.lexsort((ties, -train_counts.astype(np.int64)))
    head = np.zeros(len(train_counts), dtype=bool)
    head[order[: round(HEAD_SHARE * np.count_nonzero(train_counts))]] = True
    return head


def first_seen(log_items: IntArray, n_items: int) -> NDArray[np.int64]:
    """(n_items,) the row of each item's first occurrence in the log, else ``len(log_items)``."""
    rows = np.full(n_items, len(log_items), dtype=np.int64)
    items, first = np.unique(log_items, return_index=True)
    rows[items] = first
    return rows


def head_of(dataset: Dataset) -> BoolArray:
    """(n_items,) mask of the head by interactions; ties by first occurrence in the log."""
    seen = first_seen(dataset.log.items, dataset.n_items)
    return head_items(interaction_counts(dataset), seen)


def interaction_counts(dataset: Dataset) -> IntArray:
    """(n_items,) interactions per item in the log."""
    return np.bincount(dataset.log.items, minlength=dataset.n_items).astype(np.int32)
