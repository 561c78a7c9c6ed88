"""The words of a catalogue: found in typed text, and shown in the form that titles use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import chain
from math import log, log1p, sqrt
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.dataset import Items
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.identity_cache import remembered
from recommender.engine.text.empty_words import names_nothing, says_nothing
from recommender.engine.text.normal_forms import for_reading
from recommender.engine.text.noun_phrases import noun_phrases
from recommender.engine.text.packed_words import pack_words, unpack_word
from recommender.engine.text.parts_of_speech import is_activity, is_noun
from recommender.engine.text.tfidf import each_word_count, item_tfidf, item_words
from recommender.engine.text.tokenizers import (
    key_of,
    phrases_in,
    runs_of,
    segments,
    tokenize,
)
from recommender.engine.text.written_forms import written_forms

MOST_WORDS = 12_000
"""Size of the vocabulary: the words that most items have."""

READ = 30_000
"""Items whose titles are read for phrases and written forms."""

SMALL_CATALOGUE = 500
"""In a catalogue with fewer items a word of a single item counts too."""

SWALLOWED = 0.6
"""Share of a word's items that have it in a phrase: from here on the word alone says less."""

NAMED_BETTER = 0.2
"""The same for categories: science is less than Data Science and Computer Science."""

COMMON = 0.6
"""What more than this share of all items has tells nobody's interests apart."""

_HAN = re.compile("[\u3400-\u9fff]")


class Kind(IntEnum):
    """What an entry of the lexicon is."""

    WORD = 0
    PHRASE = 1
    CATEGORY = 2


@dataclass(frozen=True)
class Lexicon:
    """``words``: folded, as ``tokenize`` returns them. ``forms``: as people write them.

    ``writable``: (len(words),) mask of the words that may be shown to people. ``kinds``:
    (len(words),) of ``Kind``.
    """

    words: tuple[str, ...]
    forms: tuple[str, ...]
    writable: BoolArray
    kinds: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def index(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    def find(self, text: str) -> list[int]:
        """Indices of the catalogue's words in a text, each once.

        The whole text comes first if it is a word of the catalogue, such as a category; then
        phrases, then single words.
        """
        pieces = tokenize(text)
        whole = [text.strip().casefold()] if len(pieces) > 1 else []
        phrases = [
            key_of([token.word for token in run])
            for segment in segments(text)
            for run in runs_of(segment)
        ]
        found = whole + phrases + pieces
        return list(dict.fromkeys(self.index[word] for word in found if word in self.index))

    def shown(self) -> dict[str, str]:
        """The form of each word that may be shown to people."""
        rows = zip(self.words, self.forms, self.writable.tolist(), strict=True)
        return {word: form for word, form, is_shown in rows if is_shown}

    def pieces(self, word: int) -> frozenset[str]:
        """The single words of an entry, such as ``candle`` of "candles and lights"."""
        return self._pieces[word]

    @cached_property
    def _pieces(self) -> list[frozenset[str]]:
        return [
            frozenset(tokenize(word)) or frozenset((word,))
            if " " in word or _HAN.search(word)
            else frozenset((word,))
            for word in self.words
        ]

    def get_state(self) -> dict[str, np.ndarray]:
        state: dict[str, np.ndarray] = {"writable": self.writable, "kinds": self.kinds}
        for name in ("words", "forms"):
            state[f"{name}_letters"], state[f"{name}_offsets"] = pack_words(getattr(self, name))
        return state

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> Self:
        words, forms = (
            _unpacked(state[f"{name}_letters"], state[f"{name}_offsets"])
            for name in ("words", "forms")
        )
        # A version trained before phrases has single words and names of categories.
        before = [Kind.CATEGORY if " " in word else Kind.WORD for word in words]
        kinds = state.get("kinds", np.array(before, dtype=np.int8))
        return cls(words, forms, state["writable"], kinds)


@dataclass(frozen=True)
class CatalogueWords:
    """``weights``: (n_items, len(lexicon)) float32, the TF-IDF columns of the lexicon's words."""

    lexicon: Lexicon
    weights: sp.csr_matrix


@remembered
def catalogue_words(items: Items) -> CatalogueWords:
    """The words of titles, categories and descriptions, whole categories, and noun phrases.

    A phrase is weighed like a word of its items; the weights of the words are those of
    ``item_tfidf``.
    """
    texts = item_tfidf(items)
    columns = _vocabulary(texts.matrix)
    words = tuple(texts.words[column] for column in columns)
    weights = sp.csr_matrix(texts.matrix[:, columns])
    few = _sample(items)
    phrases = _phrases(few, set(words))
    keys = tuple(phrases)
    weights = sp.csr_matrix(sp.hstack([weights, _phrase_weights(items, phrases)]))
    weights.sort_indices()
    categories = _categories(items)
    forms = written_forms(few, words, categories, phrases)
    words += keys
    writable = _writable(items, weights, words, forms, categories, phrases)
    return CatalogueWords(
        Lexicon(words, forms, writable, _kinds(words, categories, phrases)),
        sp.csr_matrix(weights, dtype=np.float32),
    )


def _sample(items: Items) -> Items:
    """Evenly spaced items of a large catalogue: enough to know its phrases and how it writes."""
    if len(items) <= READ:
        return items
    rows = np.linspace(0, len(items) - 1, READ).astype(int).tolist()
    return Items(
        [items.titles[row] for row in rows],
        [items.descriptions[row] for row in rows],
        [items.categories[row] for row in rows],
    )


def _phrases(items: Items, words: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The words of each noun phrase by key. What is a word or a whole category is none."""
    items_with = Counter(chain.from_iterable(map(set, item_words(items).titles)))
    wholes = {" ".join(tokenize(word)) for word in words if " " in word}
    return {
        key: own
        for key, own in noun_phrases(items.titles, items_with).items()
        if key not in words and " ".join(own) not in wholes and set(own) <= set(words)
    }


def _phrase_weights(items: Items, phrases: Mapping[str, tuple[str, ...]]) -> sp.csr_matrix:
    """(n_items, n_phrases) TF-IDF of the titles' phrases, in proportion to that of the words."""
    if not phrases:
        return sp.csr_matrix((len(items), 0), dtype=np.float32)
    by_words = {words: key for key, words in phrases.items()}
    columns = {key: column for column, key in enumerate(phrases)}
    texts = item_tfidf(items)
    word_idf = dict(zip(texts.words, texts.idf.tolist(), strict=True))
    counts = []
    for item, (own, title) in enumerate(zip(each_word_count(items), items.titles, strict=True)):
        if count := Counter(key for key, _run in phrases_in(title, by_words)):
            length = sqrt(sum((log1p(n) * word_idf[word]) ** 2 for word, n in own.items()))
            counts.append((item, max(length, 1e-12), count))
    frequency = Counter(key for _item, _length, count in counts for key in count)
    idf = {key: log((1 + len(items)) / (1 + n)) + 1 for key, n in frequency.items()}
    rows, cols, data = [], [], []
    for item, length, count in counts:
        for key, n in count.items():
            rows.append(item)
            cols.append(columns[key])
            data.append(log1p(n) * idf[key] / length)
    return sp.csr_matrix((data, (rows, cols)), shape=(len(items), len(phrases)), dtype=np.float32)


def _categories(items: Items) -> dict[str, str]:
    """The written name of each category by its entry among the words.

    A name of several words is an entry itself. One of a single word is that word's entry, unless
    the word is mostly met elsewhere: "ER Tape" is not what every tape is.
    """
    known = item_words(items)
    texts = zip(known.titles, known.categories, strict=True)
    items_with = Counter(chain.from_iterable({*title, *names} for title, names in texts))
    members = Counter(chain.from_iterable(map(set, items.categories)))
    names: dict[str, str] = {}
    for name, count in members.most_common():
        pieces = tokenize(name)
        if len(pieces) > 1:
            names.setdefault(name.strip().casefold(), name)
        elif pieces:
            is_word = name.strip().isalpha()
            if is_word or count >= SWALLOWED * items_with[pieces[0]]:
                names.setdefault(pieces[0], name)
    return names


def _kinds(
    words: Sequence[str], categories: Mapping[str, str], phrases: Mapping[str, tuple[str, ...]]
) -> NDArray[np.int8]:
    """(n_words,) of ``Kind``."""
    kinds = (
        Kind.CATEGORY if word in categories else Kind.PHRASE if word in phrases else Kind.WORD
        for word in words
    )
    return np.fromiter(kinds, dtype=np.int8, count=len(words))


def is_word(word: str) -> bool:
    """Whether a word can be shown: letters only, not a single character."""
    if not all(char.isalpha() or char in " &,'’-/.+#" for char in word):
        return False
    return len(word) >= (2 if _HAN.search(word) else 3) or word.isupper()


def _vocabulary(matrix: sp.csr_matrix) -> IntArray:
    """Columns, ascending, of the most common words that enough items have."""
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    enough = np.flatnonzero(frequency >= (2 if matrix.shape[0] >= SMALL_CATALOGUE else 1))
    most = enough[np.argsort(-frequency[enough], kind="stable")][:MOST_WORDS]
    return np.sort(most).astype(np.int32)


def _writable(
    items: Items,
    weights: sp.csr_matrix,
    words: Sequence[str],
    forms: Sequence[str],
    categories: Mapping[str, str],
    phrases: Mapping[str, tuple[str, ...]],
) -> BoolArray:
    """(len(words),) mask of what may be written as an interest.

    Whole categories, noun phrases, and nouns of titles and categories: no word that says nothing,
    and none that is met in a phrase most of the time.
    """
    known = item_words(items)
    named = set(chain.from_iterable(chain(known.titles, known.categories)))
    frequency = np.bincount(weights.indices, minlength=len(words))
    swallowed = _swallowed(weights, words, frequency, categories, phrases)
    activities = _activities(items)
    most = COMMON * len(items) if len(items) >= SMALL_CATALOGUE else len(items)

    def is_fit(at: int, word: str) -> bool:
        form = forms[at]
        if not is_word(form) or frequency[at] > most:
            return False
        if word in categories:
            return not names_nothing(tokenize(word) or [word])
        if word in phrases:
            return True
        if word not in named or says_nothing(word) or at in swallowed or len(word) < 2:
            return False
        plain = for_reading(form).casefold()
        if says_nothing(plain):
            return False
        return is_noun(plain) or form != form.lower() or (is_activity(plain) and word in activities)

    return np.array([is_fit(at, word) for at, word in enumerate(words)], dtype=bool)


def _swallowed(
    weights: sp.csr_matrix,
    words: Sequence[str],
    frequency: NDArray[np.int64],
    categories: Mapping[str, str],
    phrases: Mapping[str, tuple[str, ...]],
) -> set[int]:
    """Words most of whose items have one phrase or category that the word is a part of."""
    index = {word: at for at, word in enumerate(words)}
    by_word = weights.tocsc()

    def items_with(at: int) -> IntArray:
        found: IntArray = by_word.indices[by_word.indptr[at] : by_word.indptr[at + 1]]
        return found

    within: dict[int, list[IntArray]] = defaultdict(list)
    by_category: dict[int, list[IntArray]] = defaultdict(list)
    for at, word in enumerate(words):
        pieces = phrases.get(word) or (tokenize(word) if word in categories else ())
        for piece in pieces if len(pieces) > 1 else ():
            if (part := index.get(piece)) is not None and piece not in categories:
                within[part].append(items_with(at))
                if word in categories:
                    by_category[part].append(items_with(at))
    return {
        part
        for found, share in ((within, SWALLOWED), (by_category, NAMED_BETTER))
        for part, rows in found.items()
        if len(np.unique(np.concatenate(rows))) >= share * frequency[part]
    }


def _activities(items: Items) -> set[str]:
    """Words in -ing that end what they stand in at least as often as they go before a noun."""
    last: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for text in items.titles:
        for segment in segments(text):
            last[segment[-1].word] += 1
            before.update(token.word for token in segment[:-1])
    return {word for word, n in last.items() if n >= before[word]}


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
