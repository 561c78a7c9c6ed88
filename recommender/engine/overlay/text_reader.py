"""Texts of new and edited items, read with what a fitted recommender knows of its catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.overlay.text_rows import TextRows
from recommender.engine.runtime.sparse import blocks, strongest_dense
from recommender.engine.scorers.content import Sentences, Words
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.text.nearest import LEAST_COSINE, NEIGHBOURS
from recommender.engine.text.packed_words import unpack_word
from recommender.engine.text.whitening import Whitening

BLOCK = 250
"""Items that are compared with the catalogue at once: 250 times 100,000 numbers are 100 MB."""


@dataclass(frozen=True)
class TextReader:
    """Reads texts as the training of a recommender of ``n_items`` items read those of its items.

    How rare a word is, and the directions of the encoder's vectors, are those of the training.
    Args: the fitted components that read texts; None = the recommender has none.
    """

    n_items: int
    words: Words | None
    sentences: Sentences | None
    interest: Interest | None

    def read(
        self,
        counts: Sequence[Mapping[str, float]],
        vectors: FloatArray | None = None,
        itself: IntArray | None = None,
    ) -> TextRows:
        """The rows of k items.

        Args:
            counts: how much each word of an item counts, as ``tfidf.word_counts`` gives them.
            vectors: (k, d) from the text encoder, zeros where there is none; None = none at all.
            itself: (k,) the index of each item that the recommender knows, else -1.
        """
        words = self._tfidf(counts, self._columns, self._words)
        lexicon = self._tfidf(counts, self._lexicon_columns, self._lexicon)
        sentences = np.zeros((len(counts), self._width), dtype=np.float32)
        if vectors is not None and self.whitening is not None and self.fits(vectors.shape[1]):
            sentences = self.whitening(vectors)
        known = np.full(len(counts), -1, dtype=np.int32) if itself is None else itself
        return TextRows(words, lexicon, sentences, self._near(words, lexicon, sentences, known))

    def fits(self, dimension: int) -> bool:
        """Whether vectors have the dimension of the encoder that read the catalogue."""
        return self.whitening is not None and dimension == len(self.whitening.mean)

    @cached_property
    def whitening(self) -> Whitening | None:
        typing = None if self.interest is None else self.interest.typing
        return None if typing is None else typing.whitening

    @property
    def _width(self) -> int:
        return 0 if self.whitening is None else int(self.whitening.axes.shape[1])

    @cached_property
    def _words(self) -> sp.csr_matrix:
        matrix = None if self.words is None else self.words.matrix
        return self._nothing if matrix is None else matrix

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        if self.words is None:
            return {}
        letters, offsets = self.words.letters, self.words.offsets
        return {unpack_word(letters, offsets, word): word for word in range(len(offsets) - 1)}

    @cached_property
    def _lexicon(self) -> sp.csr_matrix:
        return self._nothing if self.interest is None else self.interest.weights

    @cached_property
    def _lexicon_columns(self) -> Mapping[str, int]:
        return {} if self.interest is None else self.interest.lexicon.index

    @property
    def _nothing(self) -> sp.csr_matrix:
        return sp.csr_matrix((self.n_items, 0), dtype=np.float32)

    @cached_property
    def _vectors(self) -> FloatArray | None:
        """(n_items, s) the catalogue's sentence vectors."""
        return None if self.sentences is None else self.sentences.vectors

    @cached_property
    def _frequencies(self) -> Mapping[str, float]:
        """How many of the catalogue's items have each word that a component knows."""
        found: dict[str, float] = {}
        for columns, matrix in (
            (self._lexicon_columns, self._lexicon),
            (self._columns, self._words),
        ):
            counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
            found |= {word: float(counts[column]) for word, column in columns.items()}
        return found

    def _tfidf(
        self,
        counts: Sequence[Mapping[str, float]],
        columns: Mapping[str, int],
        matrix: sp.csr_matrix,
    ) -> sp.csr_matrix:
        """As ``tfidf.tfidf``; a word that nobody knows counts in the length, as of one item."""
        data: list[float] = []
        indices: list[int] = []
        starts = [0]
        for own in counts:
            amounts = self._amounts(own)
            known = sorted((columns[word], amount) for word, amount in amounts if word in columns)
            length = float(np.sqrt(sum(amount**2 for _word, amount in amounts))) or 1.0
            indices += [column for column, _amount in known]
            data += [amount / length for _column, amount in known]
            starts.append(len(indices))
        shape = (len(counts), matrix.shape[1])
        return sp.csr_matrix(
            (np.array(data, np.float32), np.array(indices, np.int32), starts), shape=shape
        )

    def _amounts(self, counts: Mapping[str, float]) -> list[tuple[str, float]]:
        n = 1 + self.n_items
        frequencies = self._frequencies
        return [
            (
                word,
                float(np.log1p(amount)) * (float(np.log(n / (1 + frequencies.get(word, 1.0)))) + 1),
            )
            for word, amount in counts.items()
        ]

    def _near(
        self,
        words: sp.csr_matrix,
        lexicon: sp.csr_matrix,
        sentences: FloatArray,
        itself: IntArray,
    ) -> sp.csr_matrix:
        """(k, n_items) as ``ItemTexts.near``, of words and sentences."""
        rows, catalogue = (words, self._words) if words.shape[1] else (lexicon, self._lexicon)
        by_word = catalogue.T.tocsr()
        semantic = self._vectors is not None and sentences.shape[1]
        made = [
            self._nearest(
                rows[block], by_word, sentences[block] if semantic else None, itself[block]
            )
            for block in blocks(len(itself), BLOCK)
        ]
        empty = sp.csr_matrix((0, self.n_items), dtype=np.float32)
        return sp.vstack([empty, *made], format="csr", dtype=np.float32)

    def _nearest(
        self,
        rows: sp.csr_matrix,
        by_word: sp.csr_matrix,
        sentences: FloatArray | None,
        itself: IntArray,
    ) -> sp.csr_matrix:
        cosine = np.asarray((rows @ by_word).toarray(), dtype=np.float32)
        known = (np.diff(rows.indptr) > 0).astype(np.float32)
        if sentences is not None and self._vectors is not None:
            cosine += np.maximum(sentences @ self._vectors.T, 0)
            known += sentences.any(axis=1)
        cosine /= np.maximum(known, 1)[:, None]
        own = np.flatnonzero(itself >= 0)
        cosine[own, itself[own]] = 0
        nearest = strongest_dense(cosine, NEIGHBOURS)
        nearest.data[nearest.data < LEAST_COSINE] = 0
        nearest.eliminate_zeros()
        return nearest
