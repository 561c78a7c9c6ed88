"""What the scorers read of a catalogue's texts: one vector an item, and the nearest items by text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from recommender.engine.dataset import Dataset, Items
from recommender.engine.scorers.rows import stacked, strongest_dense
from recommender.engine.text.encoders import TextEncoder, WordVectorEncoder
from recommender.engine.text.tfidf import item_tfidf
from recommender.engine.types import FloatArray

NEIGHBOURS = 20
LEAST_COSINE = 0.1
"""Neighbours below it are chance, and their square would hardly count."""


@dataclass(frozen=True)
class ItemTexts:
    """``vectors``: (n_items, d) float32 from an encoder. Read once, then given to every scorer that wants texts."""

    items: Items
    vectors: FloatArray

    @property
    def joined(self) -> FloatArray:
        """(n_items, d) float32: all that is known of an item's content, side by side; what networks read."""
        return self.vectors

    @cached_property
    def near(self) -> sp.csr_matrix:
        """(n_items, n_items) float32: mean of vector and TF-IDF cosine to the nearest other items."""
        words = item_tfidf(self.items).matrix
        by_word = words.T.tocsr()

        def make(block: slice) -> sp.csr_matrix:
            cosine = np.maximum(self.vectors[block] @ self.vectors.T, 0)
            cosine += (words[block] @ by_word).toarray()
            cosine /= 2
            cosine[np.arange(len(cosine)), np.arange(block.start, block.stop)] = 0
            nearest = strongest_dense(cosine, NEIGHBOURS)
            nearest.data[nearest.data < LEAST_COSINE] = 0
            nearest.eliminate_zeros()
            return nearest

        return stacked(len(self.items), make, size=250)


def read_texts(train: Dataset, seed: int, encoder: TextEncoder | None = None) -> ItemTexts:
    """Encode the catalogue; word vectors learn from the log of ``train``, so later data must not be in it."""
    return ItemTexts(train.items, (encoder or WordVectorEncoder()).encode(train, seed))
