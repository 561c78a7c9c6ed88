"""The words of a catalogue: found in typed text, and shown in the form that titles use."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from typing import Self

import numpy as np
import rjieba
import scipy.sparse as sp

from recommender.engine.data.dataset import Items
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.identity_cache import remembered
from recommender.engine.text.normal_forms import for_reading
from recommender.engine.text.packed_words import pack_words, unpack_word
from recommender.engine.text.tfidf import item_tfidf, item_words
from recommender.engine.text.tokenizers import tokenize

MOST_WORDS = 12_000
"""Size of the vocabulary: the words that most items have."""

SMALL_CATALOGUE = 500
"""In a catalogue with fewer items a word of a single item counts too."""

UNITS = frozenset(
    tokenize(
        """oz ounce fl fluid ml mg gram kg lb lbs pound inch cm mm ft feet foot yard meter metre
        liter litre pack pk pcs pc piece count ct set pair assorted size small medium large mini xl
        each new per box bag lot dozen qty quantity 件 套 个 盒 袋 瓶 装 款 新款 包邮"""
    )
)
"""Words of sizes and amounts. They describe a package, not an interest."""

_RUN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Lexicon:
    """``words``: folded, as ``tokenize`` returns them. ``forms``: as people write them.

    ``writable``: (len(words),) mask of the words that may be shown to people.
    """

    words: tuple[str, ...]
    forms: tuple[str, ...]
    writable: BoolArray

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def index(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    def find(self, text: str) -> list[int]:
        """Indices of the catalogue's words in a text, each once.

        The whole text comes first if it is a word of the catalogue, such as a category.
        """
        pieces = tokenize(text)
        whole = [text.strip().casefold()] if len(pieces) > 1 else []
        return list(
            dict.fromkeys(self.index[word] for word in whole + pieces if word in self.index)
        )

    def get_state(self) -> dict[str, np.ndarray]:
        state: dict[str, np.ndarray] = {"writable": self.writable}
        for name in ("words", "forms"):
            state[f"{name}_letters"], state[f"{name}_offsets"] = pack_words(getattr(self, name))
        return state

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> Self:
        words, forms = (
            _unpacked(state[f"{name}_letters"], state[f"{name}_offsets"])
            for name in ("words", "forms")
        )
        return cls(words, forms, state["writable"])


@dataclass(frozen=True)
class CatalogueWords:
    """``weights``: (n_items, len(lexicon)) float32, the TF-IDF columns of the lexicon's words."""

    lexicon: Lexicon
    weights: sp.csr_matrix


@remembered
def catalogue_words(items: Items) -> CatalogueWords:
    texts = item_tfidf(items)
    columns = _vocabulary(texts.matrix)
    words = tuple(texts.words[column] for column in columns)
    weights = sp.csr_matrix(texts.matrix[:, columns])
    weights.sort_indices()
    forms = surface_forms(items, words)
    return CatalogueWords(Lexicon(words, forms, _writable(items, words)), weights)


def surface_forms(items: Items, words: Sequence[str]) -> tuple[str, ...]:
    """Each folded word in its most common form in titles and categories, in lower case.

    For example ``brush`` becomes ``brushes``.
    """
    written: Counter[str] = Counter()
    for text in chain(items.titles, *items.categories):
        written.update(_RUN.findall(unicodedata.normalize("NFKC", text).casefold()))
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for run, count in written.items():
        for word, form in _words_as_written(run):
            seen[word][form] += count
    return tuple(
        min(seen[word].items(), key=lambda entry: (-entry[1], entry[0]))[0]
        if word in seen
        else word
        for word in words
    )


def _words_as_written(run: str) -> list[tuple[str, str]]:
    """The folded word of a run with the run itself; in traditional Chinese each word's part."""
    plain = for_reading(run)
    if plain != run and len(plain) == len(run):
        pieces = list(rjieba.cut(plain))
        ends = list(accumulate(map(len, pieces)))
        parts = zip(pieces, ends, strict=True)
        return [(piece, run[end - len(piece) : end]) for piece, end in parts]
    pieces = tokenize(run)
    return [(pieces[0], run)] if len(pieces) == 1 else []


def is_word(word: str) -> bool:
    """Whether a word can be shown: letters only, no unit, not a single character."""
    if word in UNITS or not all(char.isalpha() or char in " &,'’-/" for char in word):
        return False
    return len(word) >= (2 if _HAN.search(word) else 3)


def _vocabulary(matrix: sp.csr_matrix) -> IntArray:
    """Columns, ascending, of the most common words that enough items have."""
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    enough = np.flatnonzero(frequency >= (2 if matrix.shape[0] >= SMALL_CATALOGUE else 1))
    most = enough[np.argsort(-frequency[enough], kind="stable")][:MOST_WORDS]
    return np.sort(most).astype(np.int32)


def _writable(items: Items, words: Sequence[str]) -> BoolArray:
    """(len(words),) mask of readable words that occur in titles or categories."""
    known = item_words(items)
    named = set(chain.from_iterable(chain(known.titles, known.categories)))
    return np.array([word in named and is_word(word) for word in words], dtype=bool)


def _unpacked(letters: np.ndarray, offsets: np.ndarray) -> tuple[str, ...]:
    return tuple(unpack_word(letters, offsets, index) for index in range(len(offsets) - 1))


def topicality(
    weights: sp.csr_matrix, vectors: FloatArray, words: Iterable[int] | None = None
) -> FloatArray:
    """(n_words,) 0 … 1: mean similarity of the items that have a word; 1 for a single item.

    ``vectors``: (n_items, d) rows of length 1.
    """
    has = sp.csr_matrix(
        (np.ones_like(weights.data), weights.indices, weights.indptr), shape=weights.shape
    )
    items = np.asarray(has.sum(axis=0)).ravel()
    total = np.square(np.asarray(has.T @ vectors)).sum(axis=1)
    pairs = np.maximum(items * (items - 1), 1)
    return np.where(items > 1, np.clip((total - items) / pairs, 0, 1), 1).astype(np.float32)
