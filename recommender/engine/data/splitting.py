"""Cutting a log into what may be learnt from and what is judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset, Log
from recommender.engine.data.types import BoolArray, IntArray


@dataclass(frozen=True)
class Split:
    """A training data set and, for each of ``users``, the items that they met first afterwards.

    ``relevant[row]`` belongs to ``users[row]``: ascending item indices, at least one, none of them in that
    person's training history. Everybody in ``users`` has a training history.
    """

    train: Dataset
    users: IntArray
    relevant: list[IntArray]

    def __len__(self) -> int:
        return len(self.users)


def split_by_time(
    dataset: Dataset,
    share: float = 0.2,
    max_users: int | None = None,
    rng: np.random.Generator | None = None,
) -> Split:
    """Cut the whole log at one instant, so that nothing of the future is known in training.

    The instant is the ``1 - share`` quantile of the times; what happened later is held out. A log whose times
    are all the same has nothing later: its split has no users. More than ``max_users`` people are sampled by ``rng``.
    """
    times = dataset.log.times
    cut = np.quantile(times, 1 - share) if len(times) else 0.0
    return _hold_out(dataset, times > cut, max_users, rng)


def split_last(
    dataset: Dataset, max_users: int | None = None, rng: np.random.Generator | None = None
) -> Split:
    """Hide the item that each person met last, and what they did from then on.

    For logs where only the order within a person is known. People with a single item stay in training
    and are not judged.
    """
    return _hold_out(dataset, _from_last_new_item(dataset.log, dataset.n_items), max_users, rng)


def _from_last_new_item(log: Log, n_items: int) -> BoolArray:
    """(n,) true for each person's first meeting with their last new item and for every later interaction."""
    order = np.argsort(log.users, kind="stable")
    users, keys = log.users[order], _pairs(log, n_items)[order]
    _, first_meetings = np.unique(keys, return_index=True)
    last_new = np.full(int(users.max(initial=-1)) + 1, -1, dtype=np.int64)
    np.maximum.at(last_new, users[first_meetings], first_meetings)
    starts = np.searchsorted(users, np.arange(len(last_new)))
    held = np.empty(len(log), dtype=bool)
    held[order] = (np.arange(len(log)) >= last_new[users]) & (last_new > starts)[users]
    return held


def _hold_out(
    dataset: Dataset, held: BoolArray, max_users: int | None, rng: np.random.Generator | None
) -> Split:
    train, later = dataset.with_log(dataset.log.take(~held)), dataset.log.take(held)
    new = np.setdiff1d(_pairs(later, dataset.n_items), _pairs(train.log, dataset.n_items))
    owners, items = np.divmod(new, max(1, dataset.n_items))
    known = np.isin(owners, train.log.users)
    users, starts = np.unique(owners[known], return_index=True)
    relevant = np.split(items[known].astype(np.int32), starts[1:])
    chosen = _sample(len(users), max_users, rng)
    return Split(train, users[chosen].astype(np.int32), [relevant[row] for row in chosen])


def _pairs(log: Log, n_items: int) -> NDArray[np.int64]:
    """(n,) one number a (user, item) pair, in the order of users, then items."""
    return log.users.astype(np.int64) * n_items + log.items


def _sample(n: int, most: int | None, rng: np.random.Generator | None) -> NDArray[np.int64]:
    if most is None or n <= most:
        return np.arange(n)
    return np.sort((rng or np.random.default_rng(0)).choice(n, most, replace=False))
