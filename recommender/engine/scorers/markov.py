"""What is taken next: item-kNN that knows the order."""

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
    """``window``: how many later items count; ``fading``: what each step further is worth of the one before."""

    window: int = 10
    fading: float = 0.8
    exponent: float = 0.5
    shrink: float = 3.0
    neighbours: int = 200


class Transitions(NeighbourScorer):
    """weights[h, i]: how often i came within a few steps after h, against how often each occurs at all."""

    name: ClassVar[str] = "transitions"
    params: TransitionsParams

    def __init__(self, params: TransitionsParams | None = None) -> None:
        super().__init__(params or TransitionsParams())

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        pairs = followers(train.log, train.n_items, self.params.window, self.params.fading)
        counts = train.counts
        size = counts.astype(np.float32) ** self.params.exponent
        owner = np.repeat(np.arange(train.n_items), np.diff(pairs.indptr))
        pairs.data /= size[owner] * size[pairs.indices] + self.params.shrink
        self.weights = strongest(pairs, self.params.neighbours)
        self.known = counts > 0
        return self


def followers(log: Log, n_items: int, window: int, fading: float) -> sp.csr_matrix:
    """(n_items, n_items) float32, columns sorted: faded count of each item's followers within a person's history."""
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
