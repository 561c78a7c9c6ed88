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

TIME_SHARE = 0.2
ENOUGH_PEOPLE = 300
ENOUGH_SHARE = 0.15
ALIKE = 0.8
"""Ratio of the served shares of recently active and other people, smaller over larger. Above it,
both groups are served equally."""


@dataclass(frozen=True)
class Validation:
    """``queries[row]`` was followed by ``relevant[row]``: item indices, none in its history.

    ``train``: the data before. ``owners[row]``: the person; one person may have several questions.
    ``later``: (n_items,) items that came after the questions and are no candidates; None = none.
    """

    shape: str
    train: Dataset
    owners: IntArray
    queries: Sequence[Query]
    relevant: Sequence[IntArray]
    later: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.queries)


def shape_of(dataset: Dataset, serve_users: IntArray | None = None) -> str:
    """``time``: one instant for all; ``last``: the last interactions of each person."""
    served = is_served(dataset, serve_users)
    if is_ordinal(dataset) or (serve_users is not None and _served_alike(dataset, served)):
        return "last"
    both_sides = served[split_by_time(dataset, TIME_SHARE).users].sum()
    enough = 2 <= both_sides >= min(ENOUGH_PEOPLE, ENOUGH_SHARE * served.sum())
    return "time" if enough else "last"


def is_ordinal(dataset: Dataset) -> bool:
    """Whether times are positions in a history: then most histories begin at the smallest."""
    log = dataset.log
    if not len(log):
        return True
    _, first = np.unique(log.users, return_index=True)
    return bool((log.times[first] == log.times[0]).mean() > 0.5) or log.times[0] == log.times[-1]


def is_served(dataset: Dataset, serve_users: IntArray | None) -> BoolArray:
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


def sample(rows: NDArray[Any], most: int, rng: np.random.Generator) -> NDArray[Any]:
    """At most ``most`` of the rows, ascending."""
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))
