"""Sparse TF-IDF of the items' words."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Items
from recommender.engine.data.types import FloatArray
from recommender.engine.runtime.identity_cache import remembered
from recommender.engine.text.tokenizers import tokenize

DESCRIPTION_WORDS = 200
DESCRIPTION_WEIGHT = 0.3
"""Weight of a word in the description; in the title it is 1. Else long texts outweigh the title."""


@dataclass(frozen=True)
class ItemWords:
    """The words of every item by field, in reading order."""

    titles: list[list[str]]
    categories: list[list[str]]
    descriptions: list[list[str]]

    def of(self, item: int) -> list[str]:
        return self.titles[item] + self.categories[item] + self.descriptions[item]


@dataclass(frozen=True)
class Tfidf:
    """``matrix``: (n_items, n_words) float32, rows of length 1, or zeros without words."""

    matrix: sp.csr_matrix
    words: tuple[str, ...]
    idf: FloatArray


@remembered
def item_words(items: Items) -> ItemWords:
    once: dict[str, str] = {}  # a million items have the same words: each is in memory once

    def read(words: Iterable[str]) -> list[str]:
        return [once.setdefault(word, word) for word in words]

    return ItemWords(
        titles=[read(tokenize(title)) for title in items.titles],
        categories=[read(_category_words(names)) for names in items.categories],
        descriptions=[read(tokenize(text)[:DESCRIPTION_WORDS]) for text in items.descriptions],
    )


@remembered
def item_tfidf(items: Items) -> Tfidf:
    """TF-IDF of titles, categories and descriptions."""
    return tfidf(each_word_count(items))


def word_counts(items: Items) -> list[Counter[str]]:
    """How much each word of each item counts: less in the description."""
    return list(each_word_count(items))


def each_word_count(items: Items) -> Iterator[Counter[str]]:
    """The same, one after the other: those of a million items need more than a gigabyte."""
    words = item_words(items)
    for title, categories, description in zip(
        words.titles, words.categories, words.descriptions, strict=True
    ):
        count: Counter[str] = Counter()
        count.update(title)
        count.update(categories)
        for word in description:
            count[word] += DESCRIPTION_WEIGHT  # type: ignore[assignment]
        yield count


def tfidf(counts: Iterable[Counter[str]]) -> Tfidf:
    """Sublinear term frequency times smoothed inverse document frequency, rows scaled to length 1.

    Source: Salton and Buckley 1988; the smoothing is ln((1 + n) / (1 + df)) + 1.
    """
    vocabulary: dict[str, int] = {}
    columns, amounts, ends = array("i"), array("f"), array("q", [0])
    for count in counts:
        columns.extend(vocabulary.setdefault(word, len(vocabulary)) for word in count)
        amounts.extend(count.values())
        ends.append(len(columns))
    data, indices = np.array(amounts, dtype=np.float32), np.array(columns, dtype=np.int32)
    starts, n = np.array(ends, dtype=np.int64), len(ends) - 1
    matrix = sp.csr_matrix((np.log1p(data), indices, starts), shape=(n, len(vocabulary)))
    frequency = np.bincount(indices, minlength=len(vocabulary))
    idf = (np.log((1 + n) / (1 + frequency)) + 1).astype(np.float32)
    weighted = sp.csr_matrix(matrix.multiply(idf[None, :]), dtype=np.float32)
    return Tfidf(_unit_rows(weighted), tuple(vocabulary), idf)


def _category_words(names: Sequence[str]) -> list[str]:
    """The words of each category, and the whole category if it has several words."""
    words = []
    for name in names:
        pieces = tokenize(name)
        words += pieces + ([name.strip().casefold()] if len(pieces) > 1 else [])
    return words


def _unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sp.csr_matrix(sp.diags(scale) @ matrix, dtype=np.float32)
