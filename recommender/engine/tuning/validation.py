"""Validation questions: queries from the log with the items that followed.

The shape follows the data. The log is cut at one instant if times are real and enough people are
active on both sides of it. Otherwise each person's last interactions are held out, and each is one
question: if times only order each person's history, if all people are served whether recently
active or not, or if a cut would leave too few.
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
"""Most questions times items: the scores of one option of one component."""

ENOUGH_PEOPLE = 300
ENOUGH_SHARE = 0.15
ALIKE = 0.8
"""Ratio of the served shares of recently active and other people, smaller over larger. Above it,
both groups are served equally."""


@dataclass(frozen=True)
class Validation:
    """``queries[row]`` was followed by ``relevant[row]``: item indices, none in its history.

    ``train``: the data before. ``owners[row]``: the person; one person may have several questions.
    """

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
    """Hold out some of the log, in the shape of ``shape_of``; at most ``most`` questions.

    ``serve_users``: indices of the people to be served, who alone have questions; None = everybody
    who returns. Large catalogues have fewer questions.
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
    """Hold out the last fifth of every history, at most five; each new item is one question."""
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
    """Whether times are positions in a history: then most histories begin at the smallest."""
    log = dataset.log
    if not len(log):
        return True
    _, first = np.unique(log.users, return_index=True)
    return bool((log.times[first] == log.times[0]).mean() > 0.5) or log.times[0] == log.times[-1]


def _served(dataset: Dataset, serve_users: IntArray | None) -> BoolArray:
    """(n_users,) who counts; everybody if no served person has a history."""
    active = np.bincount(dataset.log.users, minlength=dataset.n_users) > 0
    if serve_users is None:
        return active
    served = np.zeros(dataset.n_users, dtype=bool)
    served[serve_users] = True
    return served & active if (served & active).any() else active


def _served_alike(dataset: Dataset, served: BoolArray) -> bool:
    """Whether recently active people and others are served equally."""
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
    """The person's history before the interaction ``row``; a repeated item counts last."""
    users = dataset.log.users
    own = order[slice(*np.searchsorted(users, [users[row], users[row] + 1], sorter=order))]
    earlier = own[own < row]
    items = dataset.log.items[earlier][::-1]
    _, latest = np.unique(items, return_index=True)
    rows = earlier[::-1][np.sort(latest)][::-1]
    values = None if dataset.log.values is None else dataset.log.values[rows]
    return Query(dataset.log.items[rows], dataset.log.weights[rows], values=values)


def _sample(rows: NDArray[Any], most: int, rng: np.random.Generator) -> NDArray[Any]:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))
