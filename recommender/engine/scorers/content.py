"""Content scorers: cosine of item vectors to the nearest past item, and TF-IDF by shared words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import BoolArray, Contribution, FloatArray, IntArray, Query
from recommender.engine.runtime.positions import ABSENT, positions_of
from recommender.engine.runtime.sparse import (
    as_state,
    blocks,
    columns_of,
    entries_of,
    from_state,
    history_matrix,
    row_squares,
    strongest,
    weighted_rows,
)
from recommender.engine.scorers.base import Scorer
from recommender.engine.text.item_features import read_texts
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.lexicon import catalogue_words
from recommender.engine.text.packed_words import pack_words, unpack_word
from recommender.engine.text.tfidf import item_tfidf
from recommender.engine.text.whitening import unit_rows

BLOCK_ITEMS = 1000
"""Items whose texts are compared at once: bounds what a request allocates."""

PROFILE_WORDS, POSTINGS = 50, 300
"""Strongest words of a profile that name candidates, and items that each of them names."""


@dataclass(frozen=True)
class SemanticParams:
    """``latest``: number of past items that are compared."""

    latest: int = 10


class Semantic(Scorer):
    """score(i) = the largest weight(h) * cos(h, i) over the latest past items h.

    The maximum, not the mean: a user with two interests gets items near either of them.
    NaN for an item without a vector, and for all items if no past item has one.
    """

    name: ClassVar[str] = "semantic"
    wants_texts: ClassVar[bool] = True
    params: SemanticParams
    vectors: FloatArray | None = None
    near: sp.csr_matrix | None = None
    """(n_items, n_items) similarity to the nearest items, which are what a past item names; None
    in a version that was trained before they were stored."""

    def __init__(
        self, params: SemanticParams | None = None, texts: ItemTexts | None = None
    ) -> None:
        self.params = params or SemanticParams()
        self._texts = texts
        self._filled_of: tuple[FloatArray | None, BoolArray] = (None, np.zeros(0, dtype=bool))

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        texts = self._texts or read_texts(train, int(rng.integers(2**31)))
        self.vectors, self.near = self._view(texts), texts.near
        return self

    def _view(self, texts: ItemTexts) -> FloatArray:
        """(n_items, d) float32 vectors that are compared: rows of length 1, or 0 if unknown."""
        return texts.vectors

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        vectors = self._fitted("vectors")
        past = [self._past(query) for query in queries]
        scores = np.full((len(queries), len(vectors)), -np.inf, dtype=np.float32)
        for position in range(max((len(items) for items, _ in past), default=0)):
            rows = [row for row, (items, _) in enumerate(past) if position < len(items)]
            asked = np.array([past[row][0][position] for row in rows])
            weights = np.array([past[row][1][position] for row in rows], dtype=np.float32)
            scores[rows] = np.maximum(scores[rows], (vectors[asked] * weights[:, None]) @ vectors.T)
        scores[:, ~self._filled] = np.nan
        scores[np.isneginf(scores)] = np.nan
        return scores

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        """One matrix product instead of one per past item, which halves the time of a page."""
        vectors = self._fitted("vectors")
        past, weights = self._past(query)
        n = len(vectors) if items is None else len(items)
        if not len(past):
            return np.full(n, np.nan, dtype=np.float32)
        weighted = vectors[past] * weights[:, None]
        if items is None:
            scores: FloatArray = (weighted @ vectors.T).max(axis=0)
            scores[~self._filled] = np.nan
            return scores
        scores = np.empty(n, dtype=np.float32)
        for block in blocks(n, BLOCK_ITEMS):
            scores[block] = (weighted @ vectors[items[block]].T).max(axis=0)
        scores[~self._filled[items]] = np.nan
        return scores

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        past, weights = self._past(query)
        if self.near is None or not len(past):
            return np.empty(0, dtype=np.int32)
        items = columns_of(self.near, past)
        [scores] = weighted_rows(self.near, past, [weights], items)
        return wanted.best(items, scores)

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        vectors, asked = self._fitted("vectors"), np.asarray(items, dtype=np.int64)
        past, weights = self._past(query)
        if not len(past):
            return [[] for _ in items]
        amounts = (vectors[past] * weights[:, None]) @ vectors[asked].T
        best, known = amounts.argmax(axis=0), self._filled[asked]
        return [
            [Contribution(self.name, float(amounts[row, at]), item=int(past[row]))]
            if known[at]
            else []
            for at, row in enumerate(best.tolist())
        ]

    def likeness(self, items: IntArray) -> FloatArray:
        rows: FloatArray = self._fitted("vectors")[items]
        return np.asarray(rows @ rows.T)

    def get_state(self) -> dict[str, np.ndarray]:
        state = {"vectors": self._fitted("vectors")}
        return state if self.near is None else state | as_state("near", self.near)

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        scorer.vectors = state["vectors"]
        if "near_starts" in state:
            scorer.near = from_state("near", state, len(scorer.vectors))
        return scorer

    @property
    def _filled(self) -> BoolArray:
        """(n_items,) whether the item has a vector; computed once per set of vectors."""
        vectors = self._fitted("vectors")
        if self._filled_of[0] is not vectors:
            self._filled_of = (vectors, vectors.any(axis=1))
        return self._filled_of[1]

    def _past(self, query: Query) -> tuple[IntArray, FloatArray]:
        """The latest past items that have a vector."""
        recent = query.last(self.params.latest)
        filled = self._filled[recent.history]
        return recent.history[filled], recent.weights[filled]


class Sentences(Semantic):
    """The same with the vectors of a text encoder that was trained on other texts."""

    name: ClassVar[str] = "sentences"

    def _view(self, texts: ItemTexts) -> FloatArray:
        return texts.read


class Given(Semantic):
    """The same with vectors that the owner gives (pictures, sound).

    cos is the mean over the kinds of vectors.
    """

    name: ClassVar[str] = "given"

    def _view(self, texts: ItemTexts) -> FloatArray:
        kinds = list(texts.given.values())
        if not kinds:
            return np.zeros((len(texts.items), 1), dtype=np.float32)
        return unit_rows(np.hstack(kinds))


@dataclass(frozen=True)
class WordsParams:
    """``latest``: number of past items in the profile."""

    latest: int = 100


LETTERS = ("letters", "offsets", "shown_letters", "shown_offsets")


class Words(Scorer):
    """score(i) = sum over words of profile(word) * tfidf(i, word).

    The profile is the weighted sum of the past items' rows.
    """

    name: ClassVar[str] = "words"
    params: WordsParams
    matrix: sp.csr_matrix | None = None
    by_word: sp.csr_matrix
    letters: np.ndarray
    offsets: np.ndarray
    shown_letters: np.ndarray
    shown_offsets: np.ndarray
    """The words as the catalogue writes them; empty if one says nothing to people."""

    def __init__(self, params: WordsParams | None = None) -> None:
        self.params = params or WordsParams()

    def fit(self, train: Dataset, rng: np.random.Generator) -> Self:
        self.forget()
        texts = item_tfidf(train.items)
        self.letters, self.offsets = pack_words(texts.words)
        shown = catalogue_words(train.items).lexicon.shown()
        self.shown_letters, self.shown_offsets = pack_words(
            [shown.get(word, "") for word in texts.words]
        )
        self.matrix, self.by_word = texts.matrix, texts.matrix.T.tocsr()
        return self

    def score_batch(self, queries: Sequence[Query]) -> FloatArray:
        matrix, profiles = self._fitted("matrix"), self._profiles(queries)
        scores: FloatArray = (profiles @ self.by_word).toarray().astype(np.float32, copy=False)
        scores[:, np.diff(matrix.indptr) == 0] = np.nan
        scores[np.diff(profiles.indptr) == 0] = np.nan
        return scores

    def score(self, query: Query, items: IntArray | None = None) -> FloatArray:
        [scores] = self.score_reweighted([query], items)
        return scores

    def score_reweighted(
        self, queries: Sequence[Query], items: IntArray | None = None
    ) -> Sequence[FloatArray]:
        starts = self._fitted("matrix").indptr
        words, profiles = self._profile(queries)
        if items is None:
            empty, found = np.diff(starts) == 0, weighted_rows(self.by_word, words, profiles)
        else:
            empty = starts[items + 1] == starts[items]
            found = self._score_items(words, profiles, items)
        for scores, profile in zip(found, profiles, strict=True):
            scores[empty | (not profile.any())] = np.nan
        return found

    def _score_items(
        self, words: IntArray, profiles: Sequence[FloatArray], items: IntArray
    ) -> list[FloatArray]:
        """(len(items),) for each profile."""
        matrix = self._fitted("matrix")
        found = [np.zeros(len(items), dtype=np.float32) for _ in profiles]
        for block in blocks(len(items), BLOCK_ITEMS):
            at, owner = entries_of(matrix, items[block])
            with positions_of(words, matrix.shape[1]) as place:
                word = place[matrix.indices[at]]
            shared = np.flatnonzero(word != ABSENT)
            word, values, owner = word[shared], matrix.data[at[shared]], owner[shared]
            n = block.stop - block.start
            for scores, profile in zip(found, profiles, strict=True):
                scores[block] = np.bincount(owner, values * profile[word], n)
        return found

    @cached_property
    def sizes(self) -> FloatArray:
        matrix = self._fitted("matrix")
        return np.sqrt(row_squares(matrix, row_squares(self.by_word)))

    def named(self, query: Query, wanted: Nomination) -> IntArray:
        words, [profile] = self._profile([query])
        if len(words) > PROFILE_WORDS:
            most = np.argpartition(profile, -PROFILE_WORDS)[-PROFILE_WORDS:]
            words, profile = words[most], profile[most]
        items = columns_of(self._postings, words)
        [scores] = weighted_rows(self._postings, words, [profile], items)
        return wanted.best(items, scores)

    @cached_property
    def _postings(self) -> sp.csr_matrix:
        """(n_words, n_items) the items that have most of each word."""
        return strongest(self.by_word, POSTINGS)

    def explain(self, query: Query, item: int) -> list[Contribution]:
        return self.explain_many(query, [item])[0]

    def explain_many(self, query: Query, items: Sequence[int]) -> list[list[Contribution]]:
        matrix, (known, [profile]) = self._fitted("matrix"), self._profile([query])
        at, owner = entries_of(matrix, np.asarray(items, dtype=np.int64))
        words = matrix.indices[at]
        with positions_of(known, matrix.shape[1]) as place:
            own = place[words]
        amounts = np.append(profile, np.float32(0))[own] * matrix.data[at]
        counts = np.flatnonzero(amounts)
        found: list[list[Contribution]] = [[] for _ in items]
        for row, word, amount in zip(
            owner[counts].tolist(), words[counts].tolist(), amounts[counts].tolist(), strict=True
        ):
            found[row].append(Contribution(self.name, amount, word=self._shown(word)))
        return found

    def _profile(self, queries: Sequence[Query]) -> tuple[IntArray, list[FloatArray]]:
        """The words of the past items, and their weights for each of queries that differ in
        their weights alone.
        """
        matrix = self._fitted("matrix")
        recent = [query.last(self.params.latest) for query in queries]
        history, weights = recent[0].history, [query.weights for query in recent]
        words = columns_of(matrix, history)
        return words, weighted_rows(matrix, history, weights, words)

    def _shown(self, word: int) -> str | None:
        return unpack_word(self.shown_letters, self.shown_offsets, word) or None

    def likeness(self, items: IntArray) -> FloatArray:
        rows = self._fitted("matrix")[items]
        cosines: FloatArray = (rows @ rows.T).toarray()
        return cosines

    def get_state(self) -> dict[str, np.ndarray]:
        packed = (
            {name: getattr(self, name) for name in LETTERS}
            if self._fitted("matrix") is not None
            else {}
        )
        return as_state("matrix", self.matrix) | as_state("by_word", self.by_word) | packed

    @classmethod
    def from_state(cls, params: Any, state: dict[str, np.ndarray]) -> Self:
        scorer = cls(params)
        for name in LETTERS:
            # A version trained before words had forms shows the folded words.
            before = state[name.removeprefix("shown_")]
            setattr(scorer, name, state.get(name, before))
        scorer.matrix = from_state("matrix", state, len(scorer.offsets) - 1)
        scorer.by_word = from_state("by_word", state, scorer.matrix.shape[0])
        return scorer

    def _profiles(self, queries: Sequence[Query]) -> sp.csr_matrix:
        matrix = self._fitted("matrix")
        recent = [query.last(self.params.latest) for query in queries]
        return sp.csr_matrix(history_matrix(recent, matrix.shape[0]) @ matrix)
