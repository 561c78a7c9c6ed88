"""Texts to vectors. A ``TextEncoder`` is any way to give every item of a catalogue one vector."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from recommender.engine.dataset import Dataset
from recommender.engine.text.tfidf import item_tfidf
from recommender.engine.text.word_vectors import WordVectors
from recommender.engine.types import FloatArray

RIDGE = 0.1
"""Added to every variance before whitening, as a share of the mean variance: keeps noise directions small."""


class TextEncoder(Protocol):
    """One vector an item; another encoder is one class with this method."""

    def encode(self, train: Dataset, seed: int) -> FloatArray:
        """(n_items, d) float32 rows of length 1, zero where an item has no text that the encoder knows."""


class WordVectorEncoder:
    """Mean of the word vectors weighted by TF-IDF; vectors trained on the data set itself unless some are given."""

    def __init__(self, vectors: WordVectors | None = None) -> None:
        self.vectors = vectors

    def encode(self, train: Dataset, seed: int) -> FloatArray:
        from recommender.engine.text.word_vectors_training import train_word_vectors

        texts = item_tfidf(train.items)
        vectors = self.vectors or train_word_vectors(train, seed)
        table = np.zeros((len(texts.words), vectors.dimensions), dtype=np.float32)
        known = [row for row, word in enumerate(texts.words) if word in vectors]
        table[known] = vectors.vectors[vectors.rows(texts.words)]
        return whitened(np.asarray(texts.matrix @ table, dtype=np.float32))


def whitened(vectors: FloatArray) -> FloatArray:
    """Centred, decorrelated (ZCA) rows scaled to length 1; rows of zeros stay zeros and do not count.

    Source: Su et al. 2021, Whitening sentence representations.
    """
    filled = np.flatnonzero(np.abs(vectors).sum(axis=1) > 0)
    result = np.zeros_like(vectors)
    if len(filled) < 2:
        result[filled] = _unit(vectors[filled])
        return result
    centred = vectors[filled] - vectors[filled].mean(axis=0)
    variances, axes = np.linalg.eigh(np.cov(centred, rowvar=False).astype(np.float64))
    variances = np.maximum(variances, 0)
    scale = 1 / np.sqrt(variances + RIDGE * variances.mean() + 1e-12)
    result[filled] = _unit((centred @ (axes * scale) @ axes.T).astype(np.float32))
    return result


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
