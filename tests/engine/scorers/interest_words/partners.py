"""A log in which the words of the next item are known: those of the partner."""

from __future__ import annotations

import numpy as np

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.scorers.interest_words.fit_training import Size

SIZE = Size(width=16, hidden=16, positions=6_000, fewest=10)
NAMES = ["kettle", "teapot", "chisel", "hammer", "ribbon", "poem"]
FOLLOWS = {0: 1, 1: 0, 2: 3, 3: 2, 4: 5, 5: 4}


def partner_words(seed: int = 0, n_users: int = 150) -> tuple[Dataset, np.ndarray]:
    """Each of six words has five items; an item of the partner word follows every item."""
    rng = np.random.default_rng(seed)
    items = Items([f"{NAMES[item % 6]} item{item}" for item in range(30)], [""] * 30, [()] * 30)
    users, taken = [], []
    for user in range(n_users):
        word = int(rng.integers(6))
        for copy in rng.permutation(5)[:4]:
            users.append(user)
            taken.append(word + 6 * int(copy))
            word = FOLLOWS[word]
    n = len(users)
    log = Log(
        np.array(users, np.int32), np.array(taken, np.int32), np.ones(n, np.float32), np.arange(n)
    )
    vectors = np.eye(6, dtype=np.float32)[np.arange(30) % 6]
    return Dataset(items, log, n_users), vectors
