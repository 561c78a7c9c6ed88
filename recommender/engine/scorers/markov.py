"""Transitions: item-kNN that counts the order of interactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset, Log
from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.block_executor import HERE_SIDE_BY_SIDE, current_executor
from recommender.engine.runtime.size import neighbours_within
from recommender.engine.runtime.sparse import stacked, strongest
from recommender.engine.scorers.item_item import NeighbourScorer


@dataclass(frozen=True)
class TransitionsParams:
    """``window``: number of later items that count; ``fading``: factor for each further step."""

    window: int = 10
    fading: float = 0.8
    exponent: float = 0.5
    shrink: float = 3.0
    neighbours: int = 200


ROWS = 5000
"""Items whose followers are in memory at once."""


class Transitions(NeighbourScorer):
    """weights[h, i]: how often i follows h within a few steps, divided by both items' counts."""

    name: ClassVar[str] = "transitions"
    params: TransitionsParams

    def __init__(self, params: TransitionsParams | None = None) -> None:
        super().__init__(params or TransitionsParams())

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        counts = train.counts
        size = counts.astype(np.float32) ** self.params.exponent
        neighbours = neighbours_within(self.params.neighbours, train.n_items)
        follow = Followers.of(train.log, train.n_items, self.params.window, self.params.fading)
        make = TransitionWeights(follow, size, self.params.shrink, neighbours)
        self.weights = stacked(
            train.n_items, make, size=ROWS, executor=current_executor(HERE_SIDE_BY_SIDE)
        )
        self.known = counts > 0
        return self


@dataclass(frozen=True)
class Followers:
    """Decayed counts of what follows each item within a few steps of a history.

    ``users``, ``items``: the log, person by person. ``places``: of each item's interactions there,
    item by item; ``starts``: (n_items + 1,) where those of each item begin.
    """

    users: IntArray
    items: IntArray
    places: NDArray[np.int64]
    starts: NDArray[np.int64]
    window: int
    fading: float

    @classmethod
    def of(cls, log: Log, n_items: int, window: int, fading: float) -> Self:
        order = np.argsort(log.users, kind="stable")
        users, items = log.users[order], log.items[order]
        starts = np.concatenate([[0], np.cumsum(np.bincount(items, minlength=n_items))])
        return cls(users, items, np.argsort(items, kind="stable"), starts, window, fading)

    def rows(self, block: slice) -> sp.csr_matrix:
        """(rows, n_items) float32 of some items, columns sorted."""
        places = self.places[self.starts[block.start] : self.starts[block.stop]]
        rows, columns, amounts = [], [], []
        for step in range(1, self.window + 1):
            before = places[places < len(self.users) - step]
            after = before + step
            follows = self.users[after] == self.users[before]
            follows &= self.items[after] != self.items[before]
            before, after = before[follows], after[follows]
            rows.append(self.items[before] - block.start)
            columns.append(self.items[after])
            amounts.append(np.full(len(after), self.fading ** (step - 1), dtype=np.float32))
        entries = (np.concatenate(rows), np.concatenate(columns))
        shape = (block.stop - block.start, len(self.starts) - 1)
        found = sp.csr_matrix((np.concatenate(amounts), entries), shape=shape)
        found.sort_indices()
        return found


@dataclass(frozen=True)
class TransitionWeights:
    """Rows of weights; ``size``: (n_items,) factors of the divisor."""

    follow: Followers
    size: FloatArray
    shrink: float
    neighbours: int

    def __call__(self, block: slice) -> sp.csr_matrix:
        pairs = self.follow.rows(block)
        owner = np.repeat(np.arange(block.start, block.stop), np.diff(pairs.indptr))
        pairs.data /= self.size[owner] * self.size[pairs.indices] + self.shrink
        return strongest(pairs, self.neighbours)
