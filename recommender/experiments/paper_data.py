"""The published set-up: 1,000 people × 10,000 items, and two interpretations of its split.

Published: 800 people and 8,000 items to train, 200 and 2,000 to validate, "the rest" to test.
Nothing remains for the test, so the split must be interpreted:

``blocks``: literally, of the people × items table. Training has 800 people × 8,000 items. The
queries of the 200 other people are their interactions with the 2,000 other items. The rest of the
table is the test: the 800 people with the 2,000 items that are new to training, and the 200 people
who are new to training with the 8,000 items.

``histories``: as one would do today. The older four fifths of each history are for training, the
newest fifth is the test; the blend is tuned on the 200 people. The items are not divided, because
collaborative filtering has no score for an item that is new to training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset, Items
from recommender.engine.data.types import BoolArray, IntArray, Query

PEOPLE, ITEMS = 1_000, 10_000
TRAINED_SHARE = 0.8
ASKED_SHARE = 0.2
FEWEST_ITEMS = 10
"""Fewest distinct items of a person, so that the newest fifth is not empty."""


@dataclass(frozen=True)
class Arrangement:
    """Training data and test queries.

    Attributes:
        relevant: held-out item indices by query, ascending, none in the query.
        allowed: (n_items,) masks by query.
        tuned_on: people of ``train`` whose questions tune the blend, or None.
    """

    train: Dataset
    queries: list[Query]
    relevant: list[IntArray]
    allowed: list[BoolArray]
    tuned_on: IntArray | None


def cut_to_size(
    dataset: Dataset, rng: np.random.Generator, people: int = PEOPLE, items: int = ITEMS
) -> Dataset:
    """Sample people with enough history, and items that they met.

    If these are too few, items that they did not meet are added.
    """
    pairs = dataset.matrix
    active = np.flatnonzero(np.diff(pairs.indptr) >= FEWEST_ITEMS)
    chosen = np.sort(rng.choice(active, min(people, len(active)), replace=False))
    met = np.asarray(pairs[chosen].sum(axis=0)).ravel() > 0
    order = np.r_[rng.permutation(np.flatnonzero(met)), rng.permutation(np.flatnonzero(~met))]
    return narrowed(dataset, chosen, np.sort(order[:items]))


def narrowed(dataset: Dataset, people: NDArray, items: NDArray) -> Dataset:
    """The data of these people and items (ascending indices), renumbered."""
    log = dataset.log
    log = log.take(np.isin(log.users, people) & np.isin(log.items, items))
    renumbered = replace(
        log,
        users=np.searchsorted(people, log.users).astype(np.int32),
        items=np.searchsorted(items, log.items).astype(np.int32),
    )
    return Dataset(_only(dataset.items, items), renumbered, len(people))


def _only(items: Items, chosen: NDArray) -> Items:
    return Items(
        titles=[items.titles[item] for item in chosen],
        descriptions=[items.descriptions[item] for item in chosen],
        categories=[items.categories[item] for item in chosen],
        vectors={name: rows[chosen] for name, rows in items.vectors.items()},
    )


def histories(dataset: Dataset, rng: np.random.Generator) -> Arrangement:
    """Hold out the newest fifth of each person's distinct items, at least one."""
    log = dataset.log
    pairs = log.users.astype(np.int64) * dataset.n_items + log.items
    first = np.zeros(len(log), dtype=bool)
    first[np.unique(pairs, return_index=True)[1]] = True
    older = np.ones(len(log), dtype=bool)
    asked: list[tuple[int, IntArray]] = []
    for user in range(dataset.n_users):
        rows = np.flatnonzero(log.users == user)
        meetings = rows[first[rows]]
        if len(meetings) > 1:
            newest = meetings[-max(1, int(ASKED_SHARE * len(meetings))) :]
            older[rows[rows >= newest[0]]] = False
            asked.append((user, np.sort(log.items[newest])))
    train = dataset.with_log(log.take(older))
    everything = np.ones(dataset.n_items, dtype=bool)
    return Arrangement(
        train,
        [train.query(user) for user, _ in asked],
        [items for _, items in asked],
        [everything] * len(asked),
        np.sort(rng.permutation(dataset.n_users)[int(TRAINED_SHARE * dataset.n_users) :]).astype(
            np.int32
        ),
    )


def blocks(dataset: Dataset, rng: np.random.Generator) -> Arrangement:
    """Divide the people × items table into four blocks.

    People with an empty query or without held-out items have no query.
    """
    trained_people = _chosen(dataset.n_users, rng)
    trained_items = _chosen(dataset.n_items, rng)
    log = dataset.log
    inside = trained_people[log.users] & trained_items[log.items]
    outside = ~trained_people[log.users] & ~trained_items[log.items]
    known, asked = (
        dataset.with_log(log.take(inside | outside)),
        dataset.with_log(log.take(~inside & ~outside)),
    )
    people = [
        user for user in range(dataset.n_users) if len(known.query(user)) and len(asked.query(user))
    ]
    return Arrangement(
        dataset.with_log(log.take(inside)),
        [known.query(user) for user in people],
        [np.sort(asked.query(user).history) for user in people],
        [~trained_items if trained_people[user] else trained_items for user in people],
        None,
    )


INTERPRETATIONS: dict[str, Callable[[Dataset, np.random.Generator], Arrangement]] = {
    "histories": histories,
    "blocks": blocks,
}


def _chosen(n: int, rng: np.random.Generator) -> BoolArray:
    chosen = np.zeros(n, dtype=bool)
    chosen[rng.permutation(n)[: round(TRAINED_SHARE * n)]] = True
    return chosen
