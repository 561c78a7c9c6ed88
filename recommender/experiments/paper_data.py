"""The published set-up: 1,000 people × 10,000 items, and two readings of how it was divided.

Published: 800 people and 8,000 items to train, 200 and 2,000 to validate, "the rest" to test. Nothing is left of either
for a test, so it must be read in some way:

``blocks``: as written, of the people × items table. Training sees 800 people × 8,000 items. What the 200 other people
did with the 2,000 other items is all that is known of them. The rest of the table is asked: the 800 for the 2,000 items
that training never saw, and the 200, whom it never saw either, for the 8,000.

``histories``: what one would do today. Everybody's older four fifths are learnt from and the newest fifth is asked;
the blend is chosen on questions of the 200. The items are not divided: collaborative filtering has nothing to say of an
item that training never saw.
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
"""A person with fewer different items has no newest fifth worth asking for."""


@dataclass(frozen=True)
class Arrangement:
    """``queries[row]`` is asked for ``relevant[row]`` (ascending item indices, none in the query), among the items that
    ``allowed[row]`` (n_items,) says. ``tuned_on``: people of ``train`` whose questions choose the blend, or None."""

    train: Dataset
    queries: list[Query]
    relevant: list[IntArray]
    allowed: list[BoolArray]
    tuned_on: IntArray | None


def cut_to_size(
    dataset: Dataset, rng: np.random.Generator, people: int = PEOPLE, items: int = ITEMS
) -> Dataset:
    """A random sample of people with enough history, with a random sample of what they met; filled up with items that
    they did not meet where there are too few."""
    pairs = dataset.matrix
    active = np.flatnonzero(np.diff(pairs.indptr) >= FEWEST_ITEMS)
    chosen = np.sort(rng.choice(active, min(people, len(active)), replace=False))
    met = np.asarray(pairs[chosen].sum(axis=0)).ravel() > 0
    order = np.r_[rng.permutation(np.flatnonzero(met)), rng.permutation(np.flatnonzero(~met))]
    return narrowed(dataset, chosen, np.sort(order[:items]))


def narrowed(dataset: Dataset, people: NDArray, items: NDArray) -> Dataset:
    """The part of the data set with these people and items (ascending indices), numbered anew."""
    log = dataset.log
    log = log.take(np.isin(log.users, people) & np.isin(log.items, items))
    renumbered = replace(
        log,
        users=np.searchsorted(people, log.users).astype(np.int32),
        items=np.searchsorted(items, log.items).astype(np.int32),
    )
    return Dataset(_only(dataset.items, items), renumbered, len(people))


def _only(items: Items, kept: NDArray) -> Items:
    return Items(
        titles=[items.titles[item] for item in kept],
        descriptions=[items.descriptions[item] for item in kept],
        categories=[items.categories[item] for item in kept],
        vectors={name: rows[kept] for name, rows in items.vectors.items()},
    )


def histories(dataset: Dataset, rng: np.random.Generator) -> Arrangement:
    """The newest fifth of everybody's different items is asked, at least one."""
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
    """The table of people × items in four blocks; people with an empty query or nothing to find are not asked."""
    trained_people = _chosen(dataset.n_users, rng)
    trained_items = _chosen(dataset.n_items, rng)
    log = dataset.log
    inside = trained_people[log.users] & trained_items[log.items]
    aside = ~trained_people[log.users] & ~trained_items[log.items]
    known, asked = (
        dataset.with_log(log.take(inside | aside)),
        dataset.with_log(log.take(~inside & ~aside)),
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


READINGS: dict[str, Callable[[Dataset, np.random.Generator], Arrangement]] = {
    "histories": histories,
    "blocks": blocks,
}


def _chosen(n: int, rng: np.random.Generator) -> BoolArray:
    chosen = np.zeros(n, dtype=bool)
    chosen[rng.permutation(n)[: round(TRAINED_SHARE * n)]] = True
    return chosen
