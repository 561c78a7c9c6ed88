"""Transitions: item-kNN that counts the order of interactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset, Log
from recommender.engine.runtime.sparse import strongest
from recommender.engine.scorers.item_item import NeighbourScorer


@dataclass(frozen=True)
class TransitionsParams:
    """``window``: number of later items that count; ``fading``: factor for each further step."""

    window: int = 10
    fading: float = 0.8
    exponent: float = 0.5
    shrink: float = 3.0
    neighbours: int = 200


class Transitions(NeighbourScorer):
    """weights[h, i]: how often i follows h within a few steps, divided by both items' counts."""

    name: ClassVar[str] = "transitions"
    params: TransitionsParams

    def __init__(self, params: TransitionsParams | None = None) -> None:
        super().__init__(params or TransitionsParams())

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        pairs = followers(train.log, train.n_items, self.params.window, self.params.fading)
        counts = train.counts
        size = counts.astype(np.float32) ** self.params.exponent
        owner = np.repeat(np.arange(train.n_items), np.diff(pairs.indptr))
        pairs.data /= size[owner] * size[pairs.indices] + self.params.shrink
        self.weights = strongest(pairs, self.params.neighbours)
        self.known = counts > 0
        return self


def followers(log: Log, n_items: int, window: int, fading: float) -> sp.csr_matrix:
    """(n_items, n_items) float32, columns sorted: decayed counts of each item's followers."""
    order = np.argsort(log.users, kind="stable")
    users, items = log.users[order], log.items[order]
    total = sp.csr_matrix((n_items, n_items), dtype=np.float32)
    for step in range(1, window + 1):
        same = (users[step:] == users[:-step]) & (items[step:] != items[:-step])
        amounts = np.full(int(same.sum()), fading ** (step - 1), dtype=np.float32)
        total = total + sp.csr_matrix(
            (amounts, (items[:-step][same], items[step:][same])), shape=total.shape
        )
    total.sort_indices()
    return sp.csr_matrix(total, dtype=np.float32)
