"""Items and the log of interactions as arrays: everything that training may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import FloatArray, IntArray, NegativeFeedback, Query


@dataclass(frozen=True, eq=False)
class Items:
    """The catalogue: every field has one entry per item; texts may be empty.

    Compared by identity. ``vectors``: numeric item features that the owner supplies (pictures,
    sound), by name: (n_items, d) float32, rows of zeros where there is no vector.
    """

    titles: Sequence[str]
    descriptions: Sequence[str]
    categories: Sequence[tuple[str, ...]]
    providers: Sequence[str] = ()
    vectors: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("descriptions", "categories", "providers"):
            length = len(getattr(self, name))
            if length != len(self.titles) and not (name == "providers" and length == 0):
                raise DataError(f"{name}: {length} entries for {len(self.titles)} items")
        for name, rows in self.vectors.items():
            if rows.ndim != 2 or len(rows) != len(self.titles):
                raise DataError(f"vectors.{name}: shape {rows.shape} for {len(self.titles)} items")

    def __len__(self) -> int:
        return len(self.titles)


@dataclass(frozen=True)
class Log:
    """Interactions, oldest first.

    Shapes: all (n,). ``times`` are seconds or any ordinal. ``weights`` are confidences above 0.
    ``values`` are what the owner recorded (stars, quantities), NaN where nothing was recorded.
    """

    users: IntArray
    items: IntArray
    weights: FloatArray
    times: NDArray[np.int64]
    values: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in ("items", "weights", "times"):
            if len(getattr(self, name)) != len(self.users):
                raise DataError(
                    f"{name}: {len(getattr(self, name))} entries for {len(self.users)} interactions"
                )
        if len(self.times) and (np.diff(self.times) < 0).any():
            raise DataError("times: interactions must come oldest first")

    def __len__(self) -> int:
        return len(self.users)

    def take(self, rows: NDArray[Any]) -> Log:
        """The interactions that a mask or index array selects, in the same order."""
        values = None if self.values is None else self.values[rows]
        return Log(self.users[rows], self.items[rows], self.weights[rows], self.times[rows], values)


def no_log() -> Log:
    """A log without interactions."""
    none, numbers = np.zeros(0, np.int32), np.zeros(0, np.float32)
    return Log(none, none, numbers, np.zeros(0, np.int64), numbers)


@dataclass(frozen=True)
class Dataset:
    """A catalogue with its log; user and item indices are row numbers.

    ``turned_down``: what people disliked, one row for each person and item. No such row is a
    positive; the values are ratings.
    """

    items: Items
    log: Log
    n_users: int
    turned_down: Log = field(default_factory=no_log)

    def __post_init__(self) -> None:
        for log in (self.log, self.turned_down):
            self._reject_outside(log)

    def _reject_outside(self, log: Log) -> None:
        for name, top in (("users", self.n_users), ("items", len(self.items))):
            column = getattr(log, name)
            if len(column) and not 0 <= int(column.min()) <= int(column.max()) < top:
                raise DataError(f"log.{name}: index {int(column.max())} outside 0 … {top - 1}")

    @property
    def n_items(self) -> int:
        return len(self.items)

    @cached_property
    def matrix(self) -> sp.csr_matrix:
        """(n_users, n_items) float32, summed weights."""
        shape = (self.n_users, self.n_items)
        return sp.csr_matrix(
            (self.log.weights, (self.log.users, self.log.items)), shape=shape, dtype=np.float32
        )

    @cached_property
    def counts(self) -> IntArray:
        """(n_items,) distinct people per item."""
        counts: IntArray = np.diff(self.matrix.tocsc().indptr).astype(np.int32)
        return counts

    @cached_property
    def _by_user(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _grouped(self.log.users, self.n_users)

    @cached_property
    def _turned_down_by_user(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _grouped(self.turned_down.users, self.n_users)

    def query(self, user: int) -> Query:
        """A person's history, oldest first.

        A repeated item appears once, at its latest time, with the sum of its weights and its
        latest recorded value. What the person turned down is the query's negative feedback.
        """
        query = self._history(user)
        if not len(self.turned_down):
            return query
        return replace(query, negative_feedback=self.negative_feedback(user))

    def negative_feedback(self, user: int) -> tuple[NegativeFeedback, ...]:
        """The items that the person turned down, oldest first, with those chosen afterwards."""
        order, starts = self._turned_down_by_user
        down_rows = order[starts[user] : starts[user + 1]]
        if not len(down_rows):
            return ()
        order, starts = self._by_user
        rows = order[starts[user] : starts[user + 1]]
        times, items, down = self.log.times[rows], self.log.items[rows], self.turned_down
        values = np.full(len(down), np.nan) if down.values is None else down.values
        return tuple(
            NegativeFeedback(
                int(down.items[row]),
                np.unique(items[times > down.times[row]]).astype(np.int32),
                float(values[row]),
            )
            for row in down_rows
        )

    def _history(self, user: int) -> Query:
        order, starts = self._by_user
        rows = order[starts[user] : starts[user + 1]]
        items, weights, values = self.log.items[rows], self.log.weights[rows], self.log.values
        if len(items) == len(np.unique(items)):
            return Query(items, weights, values=None if values is None else values[rows])
        _, last, inverse = np.unique(items[::-1], return_index=True, return_inverse=True)
        summed = np.bincount(inverse, weights=weights[::-1]).astype(np.float32)
        newest_last = np.argsort(-last)
        latest = None
        if values is not None:
            latest = _latest(values[rows][::-1], inverse, len(last))[newest_last]
        return Query(items[::-1][last][newest_last], summed[newest_last], values=latest)

    def with_log(self, log: Log) -> Dataset:
        """The same catalogue with another log. What was turned down after its end is unknown."""
        end = log.times[-1] if len(log) else np.iinfo(np.int64).min
        known = self.turned_down.take(self.turned_down.times <= end)
        return Dataset(self.items, log, self.n_users, known)


def _grouped(users: IntArray, n_users: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers by user, and where each user's begin."""
    order = np.argsort(users, kind="stable")
    return order, np.searchsorted(users[order], np.arange(n_users + 1))


def _latest(values: FloatArray, groups: NDArray[np.int64], n: int) -> FloatArray:
    """(n,) the latest value of each group, NaN if it has none; ``values`` are newest first."""
    known = np.flatnonzero(~np.isnan(values))
    found = np.full(n, np.nan, dtype=np.float32)
    found[groups[known[::-1]]] = values[known[::-1]]
    return found
