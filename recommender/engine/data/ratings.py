"""The explicit ratings in a log: whether its values are stars, and which of them count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset, Log
from recommender.engine.data.types import FloatArray, IntArray

LEAST_STARS, MOST_STARS = 0.5, 10.0
MOST_STEPS = 20
"""Most distinct values on a scale of stars: ten points in halves."""

FEWEST_RATINGS = 100
"""With fewer, a mean predicts as well as a model."""


@dataclass(frozen=True)
class Ratings:
    """Each person's last rating of each item, all shapes (n,), in the order of the log."""

    users: IntArray
    items: IntArray
    stars: FloatArray

    def __len__(self) -> int:
        return len(self.users)


def rated(data: Dataset) -> Log:
    """The log with what was turned down, oldest first: low ratings are ratings too."""
    log, down = data.log, data.turned_down
    if not len(down):
        return log
    times = np.concatenate([log.times, down.times])
    order = np.argsort(times, kind="stable")
    columns = [(log.users, down.users), (log.items, down.items), (log.weights, down.weights)]
    users, items, weights = (np.concatenate(pair)[order] for pair in columns)
    values = np.concatenate([_values(log), _values(down)])[order]
    return Log(users, items, weights, times[order], values)


def has_stars(log: Log) -> bool:
    """Whether the recorded values are ratings rather than quantities or minutes.

    Stars lie within 0.5 … 10 on few steps, at least three of which occur, and at most half of the
    values are the lowest one. Quantities are mostly 1, while people mostly rate things they chose.
    """
    values = _recorded(log)
    if len(values) < FEWEST_RATINGS or values.min() < LEAST_STARS or values.max() > MOST_STARS:
        return False
    steps, counts = np.unique(values, return_counts=True)
    return 3 <= len(steps) <= MOST_STEPS and bool(counts[0] <= counts.sum() / 2)


def rating_rows(log: Log) -> NDArray[np.int64]:
    """Row numbers, ascending, of each person's last rating of each item.

    Empty if the log's values are not stars.
    """
    if log.values is None or not has_stars(log):
        return np.zeros(0, np.int64)
    rows = np.flatnonzero(~np.isnan(log.values))[::-1]
    pairs = np.stack([log.users[rows], log.items[rows]], axis=1)
    _, latest = np.unique(pairs, axis=0, return_index=True)
    return np.sort(rows[latest])


def ratings_of(log: Log) -> Ratings:
    """The log's ratings; empty if its values are not stars."""
    rows = rating_rows(log)
    stars = np.zeros(0, np.float32) if log.values is None else log.values[rows]
    return Ratings(log.users[rows], log.items[rows], stars)


def _values(log: Log) -> FloatArray:
    return np.full(len(log), np.nan, np.float32) if log.values is None else log.values


def _recorded(log: Log) -> FloatArray:
    return np.zeros(0, np.float32) if log.values is None else log.values[~np.isnan(log.values)]
