"""EASE^R: the closed-form linear item-item model, of the log alone or of the log and the texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.runtime.confidence import confidence
from recommender.engine.runtime.size import is_large
from recommender.engine.runtime.sparse import BLOCK_ROWS, blocks, stacked, strongest_dense
from recommender.engine.scorers.item_item import NeighbourScorer
from recommender.engine.scorers.popularity import Popularity, PopularityParams
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.tfidf import item_tfidf

MOST_OF_LARGE = 6000
"""Items of the inverse in a large catalogue: a fifth of the time of 10,000."""

LATELY = 0.1
"""Half-life of an interaction when the items of a dense inverse are chosen, a share of the log."""


@dataclass(frozen=True)
class LinearParams:
    """Parameters of EASE^R in its data-adaptive form; plain EASE^R is 300, 0, 0, 0.

    Attributes:
        regularisation: ridge of every item.
        dropout: share p of the past items that training hides; adds p / (1 - p) times the item's
            own diagonal to its ridge.
        activity: exponent of a user's activity, which divides their co-occurrences.
        popularity: exponent of (people of the past item / people of the scored item), which
            multiplies their weight.
        neighbours: weights that are kept of each past item.
        max_items: above it only the items most taken lately have scores, because the inverse is
            dense: 4 bytes times its square, and its cube in multiplications.
    """

    regularisation: float = 50.0
    dropout: float = 0.8
    activity: float = 0.0
    popularity: float = 0.2
    neighbours: int = 300
    max_items: int = 10_000


class Linear(NeighbourScorer):
    """Weights that reconstruct every history from its other items.

    With P = (X'X + D)^-1, D a diagonal of ridges, the weights are -P / diag(P), diagonal 0. With
    fewer users than items the same P comes from the smaller matrix X D^-1 X' + I (Woodbury).
    Sources: Steck 2019, Embarrassingly Shallow Autoencoders; Steck 2020, Autoencoders that don't
    overfit towards the Identity (dropout); Park et al. 2025, data-adaptive normalization (the
    exponents).
    """

    name: ClassVar[str] = "linear"
    params: LinearParams

    def __init__(self, params: LinearParams | None = None) -> None:
        super().__init__(params or LinearParams())

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        log = confidence(train)
        chosen = most_taken_lately(train, invertible(self.params.max_items, train.n_items))
        self.known = mask_of(chosen, train.n_items) & (train.counts > 0)
        if not len(train.log):
            self.weights = sp.csr_matrix((train.n_items, train.n_items), dtype=np.float32)
            return self
        weights = self._weights(log[:, chosen], train.counts[chosen])
        self.weights = placed(weights, chosen, train.n_items)
        return self

    def _weights(self, log: sp.csr_matrix, counts: IntArray) -> sp.csr_matrix:
        """(n, n) for the log (n_users, n) of these items."""
        log = _by_activity(log, self.params.activity)
        own = np.asarray(log.multiply(log).sum(axis=0)).ravel()
        dropout = self.params.dropout
        ridge = np.float32(self.params.regularisation) + own * np.float32(dropout / (1 - dropout))
        scale = np.maximum(counts, 1).astype(np.float32) ** self.params.popularity
        few_users = log.shape[0] < 0.7 * log.shape[1]
        return (self._by_users if few_users else self._by_items)(log, ridge, scale)

    def _by_items(self, log: sp.csr_matrix, ridge: FloatArray, scale: FloatArray) -> sp.csr_matrix:
        inverse = invert(gram_of(log), ridge)
        return sparse_weights(
            lambda block: np.array(inverse[block]),
            scale,
            np.diag(inverse) * scale,
            self.params.neighbours,
        )

    def _by_users(self, log: sp.csr_matrix, ridge: FloatArray, scale: FloatArray) -> sp.csr_matrix:
        shrink = ridge**-0.5
        scaled = sp.csr_matrix(log @ sp.diags(shrink), dtype=np.float32)
        inverse = invert(gram_of(scaled.T.tocsr()), np.ones(log.shape[0], dtype=np.float32))
        spread = (scaled.T @ inverse).astype(np.float32, copy=False)  # (n_items, n_users)
        explained = np.asarray(scaled.T.multiply(spread).sum(axis=1)).ravel()

        def rows(block: slice) -> FloatArray:
            made = -np.asarray((scaled.T @ spread[block].T).T)
            made[np.arange(len(made)), np.arange(block.start, block.stop)] += 1
            return made

        past = scale * shrink
        return sparse_weights(rows, past, past * (1 - explained), self.params.neighbours)


@dataclass(frozen=True)
class LinearTextParams:
    """Parameters of EASE^R with the texts as side information.

    Attributes:
        regularisation: ridge of every item.
        words: interactions that a TF-IDF cosine of 1 counts for.
        sentences: the same of a cosine of sentence vectors.
        neighbours: weights that are kept of each past item.
        max_items: as in ``LinearParams``.
    """

    regularisation: float = 100.0
    words: float = 30.0
    sentences: float = 15.0
    neighbours: int = 300
    max_items: int = 10_000


class LinearText(NeighbourScorer):
    """EASE^R that also reconstructs each item's texts from those of the other items.

    P = (X'X + words * T T' + sentences * S S' + r I)^-1 with the rows T of TF-IDF and S of
    sentences: as if users had taken the items that share a word. An item that nobody took has
    weights too. Without texts no item has a score.
    Source: Jeunen, Van Balen, Goethals 2020, closed-form models with side information.
    """

    name: ClassVar[str] = "linear_text"
    wants_texts: ClassVar[bool] = True
    params: LinearTextParams
    diagonal: FloatArray
    """(n_items,) of P; 0 outside of it. With it the weights of a newer item can be found."""

    def __init__(
        self, params: LinearTextParams | None = None, texts: ItemTexts | None = None
    ) -> None:
        super().__init__(params or LinearTextParams())
        self._texts = texts

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        texts = self._texts or read_texts(train, int(rng.integers(2**31)))
        words, sentences = item_tfidf(texts.items).matrix, texts.sentences
        with_text = np.diff(words.indptr) > 0
        if sentences is not None:
            with_text |= sentences.any(axis=1)
        self.diagonal = np.zeros(train.n_items, dtype=np.float32)
        if not with_text.any():
            self.known = with_text
            self.weights = sp.csr_matrix((train.n_items, train.n_items), dtype=np.float32)
            return self
        chosen = most_taken_lately(train, invertible(self.params.max_items, train.n_items))
        self.known = mask_of(chosen, train.n_items) & (with_text | (train.counts > 0))
        gram = gram_of(confidence(train)[:, chosen])
        add_gram(gram, words[chosen], self.params.words)
        if sentences is not None:
            add_gram(gram, sentences[chosen], self.params.sentences)
        ridge = np.full(len(chosen), self.params.regularisation, dtype=np.float32)
        inverse = invert(gram, ridge)
        del gram
        own = np.diag(inverse).copy()
        weights = sparse_weights(
            lambda block: np.array(inverse[block]),
            np.ones_like(own),
            own,
            self.params.neighbours,
        )
        self.diagonal[chosen] = own
        self.weights = placed(weights, chosen, train.n_items)
        return self

    def get_state(self) -> dict[str, np.ndarray]:
        return super().get_state() | {"diagonal": self.diagonal}

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = super().from_state(params, state)
        scorer.diagonal = state["diagonal"]
        return scorer


def invertible(wanted: int, n_items: int) -> int:
    """Items of a dense inverse: fewer in a large catalogue, where they are a small share anyway."""
    return min(wanted, MOST_OF_LARGE) if is_large(n_items) else wanted


def most_taken_lately(train: Dataset, most: int) -> IntArray:
    """Indices of at most ``most`` items, ascending: all, or those with the most recent takers."""
    if train.n_items <= most:
        return np.arange(train.n_items, dtype=np.int32)
    lately = Popularity(PopularityParams(half_life=LATELY)).fit(train, np.random.default_rng(0))
    order = np.argsort(-lately.score(Query.of([])), kind="stable")[:most]
    return np.sort(order).astype(np.int32)


def mask_of(items: IntArray, n: int) -> BoolArray:
    mask = np.zeros(n, dtype=bool)
    mask[items] = True
    return mask


def placed(weights: sp.csr_matrix, chosen: IntArray, n: int) -> sp.csr_matrix:
    """(n, n) with the weights (k, k) at the rows and columns of the chosen items."""
    if len(chosen) == n:
        return weights
    lengths = np.zeros(n, dtype=np.int64)
    lengths[chosen] = np.diff(weights.indptr)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return sp.csr_matrix((weights.data, chosen[weights.indices], starts), shape=(n, n))


def gram_of(log: sp.csr_matrix) -> FloatArray:
    """(n, n) float32 X'X of a log (n_users, n); dense, and nothing else of its size is held."""
    by_item = log.T.tocsr()
    gram = np.empty((log.shape[1], log.shape[1]), dtype=np.float32)
    for block in blocks(len(gram)):
        (by_item[block] @ log).astype(np.float32, copy=False).toarray(out=gram[block])
    return gram


def add_gram(gram: FloatArray, rows: sp.csr_matrix | FloatArray, scale: float) -> None:
    """Add ``scale`` times the products of the rows (n, d), in place."""
    columns = rows.T
    for block in blocks(len(gram)):
        product = (rows[block] * np.float32(scale)) @ columns
        gram[block] += product.toarray() if isinstance(product, sp.spmatrix) else product


def invert(matrix: FloatArray, ridge: FloatArray) -> FloatArray:
    """Invert a symmetric matrix with the ridge (n,) on its diagonal, in place.

    LAPACK fills one triangle; it is copied to the other.

    Raises:
        LinAlgError: if the matrix is not positive definite.
    """
    matrix[np.diag_indices(len(matrix))] += ridge
    factor, failed = lapack.spotrf(matrix.T, lower=1, overwrite_a=1, clean=0)
    inverse: FloatArray
    inverse, failed_too = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise np.linalg.LinAlgError("the regularised gram matrix is not positive definite")
    for start in range(0, len(inverse), BLOCK_ROWS):
        stop = start + BLOCK_ROWS
        inverse[start:stop, stop:] = inverse[stop:, start:stop].T
        corner = np.tril(inverse[start:stop, start:stop])
        inverse[start:stop, start:stop] = corner + np.tril(corner, -1).T
    return inverse


def sparse_weights(
    rows_of: Callable[[slice], FloatArray], past: FloatArray, scored: FloatArray, neighbours: int
) -> sp.csr_matrix:
    """Minus the rows, times ``past`` of the row, by ``scored`` of the column; diagonal 0."""

    def make(block: slice) -> sp.csr_matrix:
        rows = rows_of(block)
        rows *= -past[block, None]
        rows /= scored[None, :]
        rows[np.arange(len(rows)), np.arange(block.start, block.stop)] = 0
        return strongest_dense(rows.astype(np.float32, copy=False), neighbours)

    return stacked(len(scored), make)


def _by_activity(log: sp.csr_matrix, exponent: float) -> sp.csr_matrix:
    """The log with rows divided so that X'X divides by the user's activity ** exponent."""
    if not exponent:
        return log
    activity = np.maximum(np.asarray(log.sum(axis=1)).ravel(), 1e-9)
    return sp.csr_matrix(sp.diags(activity ** (-exponent / 2)) @ log, dtype=np.float32)
