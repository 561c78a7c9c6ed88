"""Item-kNN: on the log, in a user-kNN form, and on a log that is augmented by text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset
from recommender.engine.runtime.block_executor import HERE_SIDE_BY_SIDE, current_executor
from recommender.engine.runtime.confidence import confidence
from recommender.engine.runtime.size import is_large, neighbours_within
from recommender.engine.runtime.sparse import stacked, strongest
from recommender.engine.scorers.item_item import NeighbourScorer
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts

MAX_PRODUCTS = 1.5e9
"""Most multiplications for one gram matrix, about ten seconds. Above it the oldest history is
left out."""
HISTORY_LENGTHS = (1000, 500, 200, 100, 50, 25, 10)
NEAR_ITEMS = (10, 5, 3)


@dataclass(frozen=True)
class ItemKnnParams:
    """Parameters of item-kNN.

    Attributes:
        exponent: of the past item's size, which divides its similarities.
        other_exponent: of the scored item's size.
        activity: exponent of a user's activity, which divides their co-occurrences.
    """

    exponent: float = 0.5
    other_exponent: float = 0.5
    activity: float = 0.5
    shrink: float = 1.0
    neighbours: int = 200


class ItemKnn(NeighbourScorer):
    """Shrunk cosine of the items' columns.

    weight(h, i) = gram(h, i) / (size(h) ** exponent * size(i) ** other_exponent + shrink)

    gram(h, i) is the sum over users of x(h) x(i) / activity(user) ** activity: a co-occurrence
    counts less for a user who took many items. size(i) is the sum of x(i)², activity(user) the
    sum of x. Source: Breese, Heckerman, Kadie 1998 (inverse user frequency, here of users).
    """

    name: ClassVar[str] = "item_knn"
    params: ItemKnnParams

    def __init__(self, params: ItemKnnParams | None = None) -> None:
        super().__init__(params or ItemKnnParams())

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        log = self._log(train, rng)
        self.known = np.diff(log.tocsc().indptr) > 0
        self.weights = self._similarities(log)
        return self

    def _log(self, train: Dataset, rng: np.random.Generator) -> sp.csr_matrix:
        return confidence(train, history_length(train, 1))

    def _similarities(self, log: sp.csr_matrix) -> sp.csr_matrix:
        by_item = log.T.tocsr()
        size = np.asarray(by_item.multiply(by_item).sum(axis=1)).ravel()
        mine, others = size**self.params.exponent, size**self.params.other_exponent
        activity = np.maximum(np.asarray(log.sum(axis=1)).ravel(), 1e-9)
        counted = sp.csr_matrix(sp.diags(activity**-self.params.activity) @ log, dtype=np.float32)
        neighbours = neighbours_within(self.params.neighbours, log.shape[1])
        make = Similarities(by_item, counted, mine, others, self.params.shrink, neighbours)
        return stacked(log.shape[1], make, executor=current_executor(HERE_SIDE_BY_SIDE))


@dataclass(frozen=True)
class Similarities:
    """Rows of similarities: of (n_items, n_users) ``by_item`` with (n_users, n_items) ``counted``.

    ``mine``, ``others``: (n_items,) factors of the divisor.
    """

    by_item: sp.csr_matrix
    counted: sp.csr_matrix
    mine: NDArray[np.floating[Any]]
    others: NDArray[np.floating[Any]]
    shrink: float
    neighbours: int

    def __call__(self, block: slice) -> sp.csr_matrix:
        gram = (self.by_item[block] @ self.counted).tocsr()
        owner = np.repeat(np.arange(block.start, block.stop), np.diff(gram.indptr))
        gram.data /= self.mine[owner] * self.others[gram.indices] + self.shrink
        gram.data[owner == gram.indices] = 0
        gram.eliminate_zeros()
        return strongest(gram, self.neighbours)


@dataclass(frozen=True)
class PeopleKnnParams(ItemKnnParams):
    other_exponent: float = 0.0
    shrink: float = 0.0
    neighbours: int = 500


class PeopleKnn(ItemKnn):
    """User-kNN as a sum over users: what users with the same items took.

    Between item-kNN and popularity: the scored item is not divided by its size, so that popular
    items score higher if many users share only a few items.
    """

    name: ClassVar[str] = "people_knn"

    def __init__(self, params: PeopleKnnParams | None = None) -> None:
        super().__init__(params or PeopleKnnParams())


@dataclass(frozen=True)
class TextKnnParams(ItemKnnParams):
    beta: float = 0.1


class TextKnn(ItemKnn):
    """Item-kNN on the augmented log: a past item adds ``beta * cos²`` to its nearest items by text.

    So an item without interactions has a column too. Its neighbours come from items with similar
    texts.
    """

    name: ClassVar[str] = "text_knn"
    wants_texts: ClassVar[bool] = True
    params: TextKnnParams

    def __init__(self, params: TextKnnParams | None = None, texts: ItemTexts | None = None) -> None:
        super().__init__(params or TextKnnParams())
        self._texts = texts

    def _log(self, train: Dataset, rng: np.random.Generator) -> sp.csr_matrix:
        texts = self._texts or read_texts(train, int(rng.integers(2**31)))
        near = strongest(texts.near, near_items(train, texts.near))
        seen = confidence(train, history_length(train, 1 + near.nnz / max(1, train.n_items)))
        return sp.csr_matrix(
            seen + seen @ (near.multiply(near) * self.params.beta), dtype=np.float32
        )


def near_items(train: Dataset, near: sp.csr_matrix) -> int:
    """How many of the nearest items by text augment the log.

    Fewer in a large catalogue if the shortest histories would exceed ``MAX_PRODUCTS`` with all.
    """
    every = int(np.diff(near.indptr).max(initial=0))
    for most in NEAR_ITEMS if is_large(train.n_items) else ():
        if most < every and _products(train, 1 + every, HISTORY_LENGTHS[-1]) > MAX_PRODUCTS:
            every = most
    return every


def history_length(train: Dataset, widening: float) -> int | None:
    """Longest history length that keeps the gram matrix within ``MAX_PRODUCTS``; None = no limit.

    ``widening``: columns that each past item fills.
    """
    for longest in (None, *HISTORY_LENGTHS):
        if _products(train, widening, longest) <= MAX_PRODUCTS:
            return longest
    return HISTORY_LENGTHS[-1]


def _products(train: Dataset, widening: float, longest: int | None) -> float:
    """Multiplications of the gram matrix with histories of at most this length."""
    lengths = np.diff(train.matrix.indptr)
    used = lengths if longest is None else np.minimum(lengths, longest)
    return float((np.minimum(used * widening, train.n_items).astype(float) ** 2).sum())
