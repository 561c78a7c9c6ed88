"""Questions with known answers out of the past: what a tuner or an evaluation asks.

The shape follows the data. Where times are real and enough people are active on both sides of an instant, the log is
cut at one instant. Where times only order each person's own history, where everybody is to be served whether lately
active or not, or where an instant would leave too few, each person's last interactions are hidden and asked for one
by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.splitting import split_by_time
from recommender.engine.data.types import BoolArray, IntArray, Query
from recommender.engine.runtime.sparse import age_of

TIME_SHARE = 0.2
LAST_SHARE = 0.2
MOST_LAST = 5
MOST_QUESTIONS = 3000
MOST_SCORES = 60e6
"""Questions times items: what one option of one part computes for the search."""

ENOUGH_PEOPLE = 300
ENOUGH_SHARE = 0.15
ALIKE = 0.8
"""Served shares of the lately active and of the others, smaller over larger: above it, everybody is served alike."""


@dataclass(frozen=True)
class Validation:
    """``queries[row]`` was followed by ``relevant[row]`` (item indices, none in its history); ``train`` is what came
    before. ``owners[row]``: the person who asks; one person may ask several times."""

    shape: str
    train: Dataset
    owners: IntArray
    queries: Sequence[Query]
    relevant: Sequence[IntArray]

    def __len__(self) -> int:
        return len(self.queries)


def hold_back(
    dataset: Dataset,
    rng: np.random.Generator,
    *,
    serve_users: IntArray | None = None,
    most: int = MOST_QUESTIONS,
) -> Validation:
    """Hide a part of the log in the shape that the data asks for; at most ``most`` questions, by people to be served.

    ``serve_users``: indices of those people; None = everybody who comes back. Big catalogues get fewer questions.
    """
    most = min(most, int(MOST_SCORES / max(1, dataset.n_items)) + 1)
    served = _served(dataset, serve_users)
    if shape_of(dataset, serve_users) == "last":
        return hold_back_last(dataset, served, rng, most)
    split = split_by_time(dataset, TIME_SHARE)
    rows = _sample(np.flatnonzero(served[split.users]), most, rng)
    users = split.users[rows]
    queries = [split.train.query(user) for user in users]
    return Validation("time", split.train, users, queries, [split.relevant[row] for row in rows])


def shape_of(dataset: Dataset, serve_users: IntArray | None = None) -> str:
    """``time``: one instant for all; ``last``: the last interactions of each person."""
    served = _served(dataset, serve_users)
    if is_ordinal(dataset) or (serve_users is not None and _served_alike(dataset, served)):
        return "last"
    both_sides = served[split_by_time(dataset, TIME_SHARE).users].sum()
    enough = 2 <= both_sides >= min(ENOUGH_PEOPLE, ENOUGH_SHARE * served.sum())
    return "time" if enough else "last"


def hold_back_last(
    dataset: Dataset, served: BoolArray, rng: np.random.Generator, most: int
) -> Validation:
    """Hide the last fifth of every history, at most five; each hidden new item is one question."""
    users = dataset.log.users
    lengths = np.bincount(users, minlength=dataset.n_users)
    hidden_each = np.clip((lengths * LAST_SHARE).astype(int), 1, MOST_LAST)
    hidden = (age_of(users) < hidden_each[users]) & (lengths[users] > 1)
    train = dataset.with_log(dataset.log.take(~hidden))
    order = np.argsort(users, kind="stable")
    asked = order[hidden[order] & served[users[order]]]
    owners, queries, relevant = [], [], []
    for row in _sample(asked, most, rng):
        before = _before(dataset, order, row)
        if dataset.log.items[row] not in before.history:
            owners.append(users[row])
            queries.append(before)
            relevant.append(dataset.log.items[row : row + 1])
    return Validation("last", train, np.array(owners, dtype=np.int32), queries, relevant)


def is_ordinal(dataset: Dataset) -> bool:
    """Whether times are positions within each history: then most histories begin at the same smallest time."""
    log = dataset.log
    if not len(log):
        return True
    _, first = np.unique(log.users, return_index=True)
    return bool((log.times[first] == log.times[0]).mean() > 0.5) or log.times[0] == log.times[-1]


def _served(dataset: Dataset, serve_users: IntArray | None) -> BoolArray:
    """(n_users,) who counts; everybody when nobody with a history is to be served."""
    active = np.bincount(dataset.log.users, minlength=dataset.n_users) > 0
    if serve_users is None:
        return active
    served = np.zeros(dataset.n_users, dtype=bool)
    served[serve_users] = True
    return served & active if (served & active).any() else active


def _served_alike(dataset: Dataset, served: BoolArray) -> bool:
    """Whether people who were active lately are served no more than the others."""
    log = dataset.log
    active = np.bincount(log.users, minlength=dataset.n_users) > 0
    late = np.zeros(dataset.n_users, dtype=bool)
    late[log.users[log.times > np.quantile(log.times, 1 - TIME_SHARE)]] = True
    lately, others = served[late], served[active & ~late]
    if not len(lately) or not len(others):
        return False
    low, high = sorted((lately.mean(), others.mean()))
    return bool(low >= ALIKE * high)


def _before(dataset: Dataset, order: NDArray[np.int64], row: int) -> Query:
    """The person's history up to the interaction ``row``; a repeated item stands at its latest place."""
    users = dataset.log.users
    own = order[slice(*np.searchsorted(users, [users[row], users[row] + 1], sorter=order))]
    earlier = own[own < row]
    items = dataset.log.items[earlier][::-1]
    _, latest = np.unique(items, return_index=True)
    kept = earlier[::-1][np.sort(latest)][::-1]
    values = None if dataset.log.values is None else dataset.log.values[kept]
    return Query(dataset.log.items[kept], dataset.log.weights[kept], values=values)


def _sample(rows: NDArray[Any], most: int, rng: np.random.Generator) -> NDArray[Any]:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))
