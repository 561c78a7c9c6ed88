"""Small data sets with known results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.data.types import FloatArray

HOSTS = ("one.example:2222", "two.example:2222")


def tf_config(index: int, hosts: Sequence[str] = HOSTS) -> str:
    """TensorFlow's setting on machine ``index`` of ``hosts``."""
    return json.dumps(
        {"cluster": {"worker": list(hosts)}, "task": {"type": "worker", "index": index}}
    )


def catalogue(
    n_items: int,
    categories: Sequence[tuple[str, ...]] | None = None,
    texts: bool = True,
    vectors: Mapping[str, FloatArray] | None = None,
    providers: Sequence[str] = (),
) -> Items:
    titles = [f"thing number{item} group{item % 3}" if texts else "" for item in range(n_items)]
    return Items(
        titles, [""] * n_items, list(categories or [()] * n_items), providers, vectors or {}
    )


def dataset(
    events: Sequence[tuple[int, int]],
    n_items: int,
    n_users: int | None = None,
    times: Sequence[int] | None = None,
    values: Sequence[float] | None = None,
    **items: object,
) -> Dataset:
    """A data set of (user, item) events, oldest first; the times are 0, 1, 2 … unless given."""
    pairs = np.array(events, dtype=np.int32).reshape(-1, 2)
    when = np.arange(len(pairs)) if times is None else np.asarray(times)
    recorded = None if values is None else np.asarray(values, dtype=np.float32)
    log = Log(
        pairs[:, 0],
        pairs[:, 1],
        np.ones(len(pairs), dtype=np.float32),
        when.astype(np.int64),
        recorded,
    )
    people = int(pairs[:, 0].max(initial=-1)) + 1 if n_users is None else n_users
    return Dataset(catalogue(n_items, **items), log, people)


def random_dataset(
    seed: int = 0,
    n_users: int = 60,
    n_items: int = 40,
    n_events: int = 600,
    texts: bool = True,
    pictures: bool = False,
    stars: bool = False,
) -> Dataset:
    """People who prefer one of three item groups, and popular items within it.

    The last two items occur only at the end. No (user, item) pair occurs twice. With ``stars``
    people give the items of their group one star more.
    """
    rng = np.random.default_rng(seed)
    appeal = 1 / np.arange(1, n_items + 1) ** 0.7
    events: dict[tuple[int, int], None] = {}
    for user in rng.integers(0, n_users, n_events):
        liked = appeal * np.where(np.arange(n_items) % 3 == user % 3, 5, 1)
        events[int(user), int(rng.choice(n_items - 2, p=liked[:-2] / liked[:-2].sum()))] = None
    events |= {(user, n_items - 1 - user % 2): None for user in range(0, n_users, 5)}
    categories = [(f"group {item % 3}",) if item % 7 else () for item in range(n_items)]
    vectors = {"picture": rng.normal(size=(n_items, 5)).astype(np.float32)} if pictures else {}
    features = {
        "categories": categories,
        "providers": [("", "mill", "kiln")[item % 3] for item in range(n_items)],
    }
    values = (
        [rng.integers(3, 6) - (item % 3 != user % 3) for user, item in events] if stars else None
    )
    return dataset(
        list(events), n_items, n_users, values=values, **features, texts=texts, vectors=vectors
    )
