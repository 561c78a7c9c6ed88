"""Split a log into training data and held-out items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset, Log
from recommender.engine.data.types import BoolArray, IntArray


@dataclass(frozen=True)
class Split:
    """A training data set and the held-out items of each of ``users``.

    ``relevant[row]`` belongs to ``users[row]``: ascending indices of at least one item that is new
    to the person, so not in the training history. Everybody in ``users`` has a training history.
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
    """Split the whole log at one instant, so that training knows nothing of the future.

    The instant is the ``1 - share`` quantile of the times; later interactions are held out. If all
    times are equal, nothing is later and the split has no users. At most ``max_users`` people are
    sampled with ``rng``.
    """
    later = dataset.log.times > instant_of(dataset, 1 - share)
    return _hold_out(dataset, later, max_users, rng)


def instant_of(dataset: Dataset, share: float) -> float:
    """The ``share`` quantile of the times; 0 for an empty log."""
    return float(np.quantile(dataset.log.times, share)) if len(dataset.log) else 0.0


def until(dataset: Dataset, instant: float) -> Dataset:
    """The data as it was then."""
    return dataset.with_log(dataset.log.take(dataset.log.times <= instant))


def split_at(dataset: Dataset, instant: float) -> Split:
    """Hold out everything later than the instant."""
    return _hold_out(dataset, dataset.log.times > instant, None, None)


def split_last(
    dataset: Dataset, max_users: int | None = None, rng: np.random.Generator | None = None
) -> Split:
    """Hold out each person's last new item and everything they did after it.

    For logs in which only each person's own order is known. People with a single item stay in
    training and are not evaluated.
    """
    return _hold_out(dataset, _from_last_new_item(dataset.log, dataset.n_items), max_users, rng)


def _from_last_new_item(log: Log, n_items: int) -> BoolArray:
    """(n,) true from each person's first interaction with their last new item on."""
    order = np.argsort(log.users, kind="stable")
    users, keys = log.users[order], _pairs(log, n_items)[order]
    _, first_rows = np.unique(keys, return_index=True)
    last_new = np.full(int(users.max(initial=-1)) + 1, -1, dtype=np.int64)
    np.maximum.at(last_new, users[first_rows], first_rows)
    starts = np.searchsorted(users, np.arange(len(last_new)))
    held_out = np.empty(len(log), dtype=bool)
    held_out[order] = (np.arange(len(log)) >= last_new[users]) & (last_new > starts)[users]
    return held_out


def _hold_out(
    dataset: Dataset, held_out: BoolArray, max_users: int | None, rng: np.random.Generator | None
) -> Split:
    train, later = dataset.with_log(dataset.log.take(~held_out)), dataset.log.take(held_out)
    taken, known_before = (_distinct(_pairs(log, dataset.n_items)) for log in (later, train.log))
    new = np.setdiff1d(taken, known_before, assume_unique=True)
    owners, items = np.divmod(new, max(1, dataset.n_items))
    known = np.isin(owners, train.log.users)
    users, starts = np.unique(owners[known], return_index=True)
    relevant = np.split(items[known].astype(np.int32), starts[1:])
    chosen = _sample(len(users), max_users, rng)
    return Split(train, users[chosen].astype(np.int32), [relevant[row] for row in chosen])


def _pairs(log: Log, n_items: int) -> NDArray[np.int64]:
    """(n,) one number per (user, item) pair, ordered by user, then item."""
    return log.users.astype(np.int64) * n_items + log.items


def _distinct(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ascending, each once. ``np.unique`` hashes, which takes ten times as long for millions."""
    ordered = np.sort(pairs)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]


def _sample(n: int, most: int | None, rng: np.random.Generator | None) -> NDArray[np.int64]:
    if most is None or n <= most:
        return np.arange(n)
    return np.sort((rng or np.random.default_rng(0)).choice(n, most, replace=False))
