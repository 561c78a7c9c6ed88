"""Data sets with a known best item."""

from __future__ import annotations

import numpy as np

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.data.types import Query
from recommender.engine.scorers.base import Scorer
from tests.engine.builders import dataset


def checkerboard(n_users: int = 40, n_items: int = 20) -> Dataset:
    """Even users take even items, odd users odd ones; each leaves one item out."""
    events = [
        (user, item)
        for user in range(n_users)
        for item in range(n_items)
        if (user + item) % 2 == 0 and item // 2 != user // 2 % 10
    ]
    return dataset(events, n_items)


def chains(n_chains: int = 4, length: int = 6, people: int = 12) -> Dataset:
    """Each user takes four consecutive items of a chain; item = chain * length + step."""
    rng = np.random.default_rng(0)
    events = []
    for user in range(n_chains * people):
        start = int(rng.integers(0, length - 3))
        events += [(user, user % n_chains * length + step) for step in range(start, start + 4)]
    return dataset(events, n_chains * length)


def planted_tail() -> Dataset:
    """All users take items 0 to 4; only three users take items 10 and 11, always together."""
    events = [(user, item) for user in range(60) for item in range(5)]
    return dataset(events + [(user, item) for user in (3, 4, 5) for item in (10, 11)], 12)


def titled(titles: list[str], events: list[tuple[int, int]], n_users: int | None = None) -> Dataset:
    users, items = np.array(events, dtype=np.int32).reshape(-1, 2).T
    log = Log(users, items, np.ones(len(users), np.float32), np.arange(len(users)))
    people = int(users.max(initial=-1)) + 1 if n_users is None else n_users
    return Dataset(Items(titles, [""] * len(titles), [()] * len(titles)), log, people)


def best(scorer: Scorer, history: list[int], n: int = 1) -> list[int]:
    """The n best new items."""
    scores = np.nan_to_num(scorer.score(Query.of(history)), nan=-np.inf)
    scores[history] = -np.inf
    return np.argsort(-scores, kind="stable")[:n].tolist()


def fitted(scorer: Scorer, data: Dataset) -> Scorer:
    return scorer.fit(data, np.random.default_rng(1))
