"""Sparse TF-IDF of the items' words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    return ItemWords(
        titles=[tokenize(title) for title in items.titles],
        categories=[_category_words(names) for names in items.categories],
        descriptions=[tokenize(text)[:DESCRIPTION_WORDS] for text in items.descriptions],
    )


@remembered
def item_tfidf(items: Items) -> Tfidf:
    """TF-IDF of titles, categories and descriptions."""
    return tfidf(word_counts(items))


def word_counts(items: Items) -> list[Counter[str]]:
    """How much each word of each item counts: less in the description."""
    words = item_words(items)
    counts = []
    for title, categories, description in zip(
        words.titles, words.categories, words.descriptions, strict=True
    ):
        count: Counter[str] = Counter()
        count.update(title)
        count.update(categories)
        for word in description:
            count[word] += DESCRIPTION_WEIGHT  # type: ignore[assignment]
        counts.append(count)
    return counts


def tfidf(counts: Sequence[Counter[str]]) -> Tfidf:
    """Sublinear term frequency times smoothed inverse document frequency, rows scaled to length 1.

    Source: Salton and Buckley 1988; the smoothing is ln((1 + n) / (1 + df)) + 1.
    """
    vocabulary: dict[str, int] = {}
    columns = [vocabulary.setdefault(word, len(vocabulary)) for count in counts for word in count]
    starts = np.concatenate([[0], np.cumsum([len(count) for count in counts], dtype=np.int64)])
    data = np.array([amount for count in counts for amount in count.values()], dtype=np.float32)
    indices = np.array(columns, dtype=np.int32)
    matrix = sp.csr_matrix((np.log1p(data), indices, starts), shape=(len(counts), len(vocabulary)))
    frequency = np.bincount(indices, minlength=len(vocabulary))
    idf = (np.log((1 + len(counts)) / (1 + frequency)) + 1).astype(np.float32)
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
