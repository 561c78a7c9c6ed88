"""What the text components of a recommender need of new and edited items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.types import FloatArray, IntArray


@dataclass(frozen=True)
class TextRows:
    """What the text components need of k items.

    Args:
        words: (k, n_words) TF-IDF in the columns of the component ``words``.
        lexicon: (k, n_lexicon) TF-IDF in the columns of the interest model.
        sentences: (k, s) whitened vectors of the text encoder, zeros without one.
        near: (k, n_items) mean cosine to the nearest items that the recommender was fitted on.
    """

    words: sp.csr_matrix
    lexicon: sp.csr_matrix
    sentences: FloatArray
    near: sp.csr_matrix

    def __len__(self) -> int:
        return len(self.sentences)

    def take(self, rows: IntArray) -> TextRows:
        """The rows that an index array selects, in its order."""
        return TextRows(self.words[rows], self.lexicon[rows], self.sentences[rows], self.near[rows])

    @classmethod
    def joined(cls, parts: Sequence[TextRows]) -> Self:
        """All rows of the parts, one after another; at least one part."""

        def stack(name: str) -> sp.csr_matrix:
            return sp.vstack([getattr(part, name) for part in parts], format="csr")

        sentences = np.concatenate([part.sentences for part in parts])
        return cls(stack("words"), stack("lexicon"), sentences, stack("near"))


def mean_of_nearest(near: sp.csr_matrix, table: FloatArray) -> FloatArray:
    """(k, d) mean of the nearest items' rows, weighted by cos²; zeros without any."""
    weights = near.multiply(near).tocsr()
    total = np.asarray(weights.sum(axis=1)).ravel()
    mean: FloatArray = np.asarray(weights @ table, dtype=np.float32)
    mean /= np.maximum(total, 1e-12)[:, None].astype(np.float32)
    return mean
