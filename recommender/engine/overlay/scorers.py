"""Fitted scorers with items that were not there, or not with this text, when they were fitted.

A scorer of texts reads the new items as its training would. A scorer that learnt something of each
item (word vectors, the sequence network, kNN on the log augmented by text, the linear model with
texts) takes it from the items nearest by text. A scorer of the log alone knows a new item as little
as one that nobody took.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.overlay.text_rows import TextRows, mean_of_nearest
from recommender.engine.runtime.sparse import (
    blocks,
    history_matrix,
    pairs_in,
    strongest,
)
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.content import Given, Semantic, Sentences, Words
from recommender.engine.scorers.ease import LinearText
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.item_item import NeighbourScorer
from recommender.engine.scorers.item_knn import ItemKnnParams, TextKnn, TextKnnParams
from recommender.engine.scorers.popularity import Popularity
from recommender.engine.scorers.ratings.scorer import Rating
from recommender.engine.scorers.sequential.scorer import SequenceLstm
from recommender.engine.text.whitening import unit_rows

Fitted = TypeVar("Fitted", bound=Scorer)

NEAREST_SCALE = 0.45
"""Scale of linear weights that come from the 20 nearest items by text instead of all: what fits the
scores of a training that knows the item best, .40 on a shop of tools and .45 on one of gifts."""


@dataclass(frozen=True)
class ChangedItems:
    """New and edited items of a catalogue of ``n_before`` items.

    Args:
        at: (k,) the index of an edited item; new ones have the indices from ``n_before`` on.
        texts: their rows.
        counts: (n_before,) people per item in training.
    """

    n_before: int
    at: IntArray
    texts: TextRows
    counts: IntArray

    @property
    def n(self) -> int:
        """Items with the new ones."""
        return self.n_before + int((self.at >= self.n_before).sum())

    @property
    def new(self) -> IntArray:
        """Positions of the new items among these."""
        return np.flatnonzero(self.at >= self.n_before).astype(np.int32)

    def widened(self, array: NDArray[Any], rows: NDArray[Any] | None = None) -> NDArray[Any]:
        """(n, …) the array with zeros for new items; ``rows`` (k, …): those of the changed ones."""
        wide = np.zeros((self.n, *array.shape[1:]), dtype=array.dtype)
        wide[: self.n_before] = array
        if rows is not None:
            wide[self.at] = rows
        return wide

    def widened_rows(self, matrix: sp.csr_matrix, rows: sp.csr_matrix) -> sp.csr_matrix:
        """(n, …) the sparse matrix with these rows in the place of the changed items."""
        order = np.arange(self.n)
        order[self.at] = self.n_before + np.arange(len(self.at))
        return sp.csr_matrix(sp.vstack([matrix, rows], format="csr")[order])

    def padded(self, matrix: sp.csr_matrix, n_columns: int) -> sp.csr_matrix:
        """The sparse matrix with empty rows for new items; its numbers are not copied."""
        more = np.full(self.n - self.n_before, matrix.indptr[-1], dtype=matrix.indptr.dtype)
        starts = np.concatenate([matrix.indptr, more])
        arrays = (matrix.data, matrix.indices, starts)
        return sp.csr_matrix(arrays, shape=(self.n, n_columns), copy=False)


def changed_copy(scorer: Fitted, **changes: Any) -> Fitted:
    """A shallow copy with other fitted values, without what was computed from the former ones."""
    made = copy(scorer)
    made.forget()
    vars(made).update(changes)
    return made


@singledispatch
def overlaid(scorer: Scorer, items: ChangedItems) -> Scorer:
    """The scorer with the changed items."""
    raise TypeError(f"{type(scorer).__name__} cannot take new items")


@overlaid.register
def _(scorer: Hybrid, items: ChangedItems) -> Scorer:
    made = Hybrid([overlaid(component, items) for component in scorer.components], scorer.blend)
    made.people = None if scorer.people is None else items.widened(scorer.people)
    made.scales = scorer.scales
    return made


@overlaid.register
def _(scorer: Popularity, items: ChangedItems) -> Scorer:
    assert scorer.amounts is not None
    return changed_copy(scorer, amounts=items.widened(scorer.amounts))


@overlaid.register
def _(scorer: NeighbourScorer, items: ChangedItems) -> Scorer:
    assert scorer.weights is not None
    weights = items.padded(scorer.weights, items.n)
    return changed_copy(scorer, weights=weights, known=items.widened(scorer.known))


@overlaid.register
def _(scorer: Semantic, items: ChangedItems) -> Scorer:
    assert scorer.vectors is not None
    rows = unit_rows(mean_of_nearest(items.texts.near, scorer.vectors))
    return _with_vectors(scorer, items, rows)


@overlaid.register
def _(scorer: Sentences, items: ChangedItems) -> Scorer:
    assert scorer.vectors is not None
    if items.texts.sentences.shape[1] != scorer.vectors.shape[1]:
        rows = unit_rows(mean_of_nearest(items.texts.near, scorer.vectors))
        return _with_vectors(scorer, items, rows)
    return _with_vectors(scorer, items, items.texts.sentences)


@overlaid.register
def _(scorer: Given, items: ChangedItems) -> Scorer:
    """The owner's vectors of new items count from the next training on."""
    return _with_vectors(scorer, items, None)


def _with_vectors(scorer: Semantic, items: ChangedItems, rows: FloatArray | None) -> Semantic:
    """With the vectors of the changed items, which their nearest items name from now on."""
    assert scorer.vectors is not None
    vectors, near = items.widened(scorer.vectors, rows), scorer.near
    if near is not None:
        new = items.texts.near[items.new].tocoo()
        row, column = items.n_before + new.row, new.col
        more = (np.r_[new.data, new.data], (np.r_[row, column], np.r_[column, row]))
        near = items.padded(near, items.n) + sp.csr_matrix(more, (items.n,) * 2, np.float32)
    return changed_copy(scorer, vectors=vectors, near=near)


@overlaid.register
def _(scorer: Words, items: ChangedItems) -> Scorer:
    assert scorer.matrix is not None
    matrix = items.widened_rows(scorer.matrix, items.texts.words)
    return changed_copy(scorer, matrix=matrix, by_word=matrix.T.tocsr())


@overlaid.register
def _(scorer: Interest, items: ChangedItems) -> Scorer:
    sentences, typing = items.texts.sentences, scorer.typing
    steps = mean_of_nearest(items.texts.near, scorer.item_steps)
    semantic = np.zeros((len(items.at), scorer.semantic_vectors.shape[1]), dtype=np.float32)
    if typing is not None and sentences.shape[1] == len(typing.adapter):
        read = np.flatnonzero(sentences.any(axis=1))
        steps[read] = sentences[read] @ typing.adapter
        semantic = typing.whitening.semantic_vectors(sentences)
    return changed_copy(
        scorer,
        weights=items.widened_rows(scorer.weights, items.texts.lexicon),
        item_steps=items.widened(scorer.item_steps, steps),
        semantic_vectors=items.widened(scorer.semantic_vectors, semantic),
    )


@overlaid.register
def _(scorer: SequenceLstm, items: ChangedItems) -> Scorer:
    assert scorer.network is not None
    new = items.new
    table = items.widened(scorer.network.table)
    table[items.n_before :] = mean_of_nearest(items.texts.near[new], scorer.network.table)
    known = items.widened(scorer.known)
    known[items.n_before :] = np.diff(items.texts.near[new].indptr) > 0
    return scorer.widened(table, known)


@overlaid.register
def _(scorer: Rating, items: ChangedItems) -> Scorer:
    names = ("known", "rows", "seconds", "shared", "tastes", "choices")
    return changed_copy(scorer, **{name: items.widened(getattr(scorer, name)) for name in names})


class Widened(NeighbourScorer):
    """A neighbour scorer with new items: ``more`` holds their columns and rows, not ``weights``."""

    more: sp.csr_matrix

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        added = (history_matrix(queries, self.more.shape[0]) @ self.more).toarray()
        return np.asarray(super().score_batch(queries) + added, dtype=np.float32)

    @property
    def _matrices(self) -> Sequence[sp.csr_matrix]:
        return (*super()._matrices, self.more)

    def pair_weights(self, history: IntArray, items: Sequence[int]) -> FloatArray:
        more = pairs_in(self.more, history, items)
        more[:, ~self.known[np.asarray(items, dtype=np.int64)]] = 0
        return np.asarray(super().pair_weights(history, items) + more, dtype=np.float32)


class WidenedTextKnn(Widened, TextKnn):
    """Text-kNN with new items."""


class WidenedLinearText(Widened, LinearText):
    """The linear model with texts, with new items."""


@overlaid.register
def _(scorer: LinearText, items: ChangedItems) -> Scorer:
    assert scorer.weights is not None
    made = WidenedLinearText(scorer.params)
    made.weights = items.padded(scorer.weights, items.n)
    made.diagonal = items.widened(scorer.diagonal)
    made.more, found = _linear_columns(scorer, items)
    made.known = items.widened(scorer.known)
    made.known[items.n_before :] = found
    return made


def _linear_columns(scorer: LinearText, items: ChangedItems) -> tuple[sp.csr_matrix, BoolArray]:
    """(n, n) the weights of the new items' columns and rows, and (k,) which items have any.

    The formula is that of the training for an item that nobody took, one new item at a time. With
    its text products g of the former items and P of the training, its column is u = P g, and its
    row u / (s diag(P) + u²), s = r + what its text has with itself - g'u (block inverse). P is
    (I - weights) diag(P). Only the mean cosines to the nearest items are known of the text, so u is
    scaled by ``NEAREST_SCALE``.
    """
    assert scorer.weights is not None
    params, n = scorer.params, items.n_before
    rows = items.new
    has_words = np.diff(items.texts.near[rows].indptr) > 0
    has_sentence = has_words & items.texts.sentences[rows].any(axis=1)
    itself = (params.words * has_words + params.sentences * has_sentence).astype(np.float32)
    products = sp.csr_matrix(sp.diags(itself) @ items.texts.near[rows], dtype=np.float32)
    scaled = sp.csr_matrix(products @ sp.diags(scorer.diagonal), dtype=np.float32)
    by_past = scorer.weights.T.tocsr()
    made = [
        strongest(
            sp.csr_matrix((scaled[block] - scaled[block] @ by_past) * np.float32(NEAREST_SCALE)),
            params.neighbours,
        )
        for block in blocks(len(rows))
    ]
    nothing = sp.csr_matrix((0, n), dtype=np.float32)
    columns = sp.vstack([nothing, *made], format="csr")
    own = np.asarray(products.multiply(columns).sum(axis=1)).ravel()
    rest = params.regularisation + itself - own
    found = np.diff(columns.indptr) > 0
    columns = columns.tocoo()
    new, old, amounts = n + columns.row, columns.col, columns.data
    after = amounts / (rest[columns.row] * scorer.diagonal[old] + amounts**2)
    entries_of = (np.concatenate([after, amounts]), (np.r_[new, old], np.r_[old, new]))
    more = sp.csr_matrix(entries_of, shape=(items.n, items.n), dtype=np.float32)
    more.sort_indices()
    return more, found


@overlaid.register
def _(scorer: TextKnn, items: ChangedItems) -> Scorer:
    assert scorer.weights is not None
    known = items.widened(scorer.known)
    known[items.n_before :] = np.diff(items.texts.near[items.new].indptr) > 0
    made = WidenedTextKnn(scorer.params)
    made.weights, made.known = items.padded(scorer.weights, items.n), known
    made.more = _text_columns(scorer.weights, scorer.params, items)
    return made


def _text_columns(
    weights: sp.csr_matrix, params: TextKnnParams, items: ChangedItems
) -> sp.csr_matrix:
    """(n, n) the weights of the new items' columns and rows.

    The formula is that of the training: a new item's column of the augmented log is the sum of the
    columns of its nearest items, each times ``beta * cos²``. The sums of the log are not stored, so
    they are taken from the fitted weights, with the people of an item for its size.
    """
    near, sizes = items.texts.near[items.new], items.counts.astype(np.float32)
    shares = sp.csr_matrix(near.multiply(near) * params.beta, dtype=np.float32)
    sums = [_log_sums(weights, params, sizes, shares[block]) for block in blocks(len(items.new))]
    nothing = sp.csr_matrix((0, items.n_before), dtype=np.float32)
    gram = sp.vstack([nothing, *sums], format="csr")
    own = np.asarray(shares.multiply(gram).sum(axis=1)).ravel()
    gram = strongest(gram, params.neighbours).tocoo()
    new, old = items.n_before + gram.row, gram.col
    after = gram.data / (_scale(own[gram.row], sizes[old], params) + params.shrink)
    before = gram.data / (_scale(sizes[old], own[gram.row], params) + params.shrink)
    found = (np.concatenate([after, before]), (np.r_[new, old], np.r_[old, new]))
    more = sp.csr_matrix(found, shape=(items.n, items.n), dtype=np.float32)
    more.sort_indices()
    return more


def _log_sums(
    weights: sp.csr_matrix, params: ItemKnnParams, sizes: FloatArray, shares: sp.csr_matrix
) -> sp.csr_matrix:
    """(k, n_before) how often people took each item together with the nearest of a new item."""
    used = np.unique(shares.indices)
    together = weights[used]
    owners = used[np.repeat(np.arange(len(used)), np.diff(together.indptr))]
    together.data = together.data * (
        _scale(sizes[owners], sizes[together.indices], params) + params.shrink
    )
    with_itself = shares @ sp.diags(sizes)
    return sp.csr_matrix(shares[:, used] @ together + with_itself, dtype=np.float32)


def _scale(past: FloatArray, scored: FloatArray, params: ItemKnnParams) -> FloatArray:
    scale: FloatArray = past**params.exponent * scored**params.other_exponent
    return scale
