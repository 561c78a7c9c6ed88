"""Reads the catalogue's texts: trains word vectors and encodes every item."""

from __future__ import annotations

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray, Progress, no_progress
from recommender.engine.runtime.failed_components import FailedComponents
from recommender.engine.text.encoders import (
    TextEncoder,
    encode_items,
    item_texts,
    mean_word_vectors,
)
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.whitening import Whitening

SENTENCE_DIMENSIONS = 192
"""Dimensions used of an encoder's vectors: the others are noise, and cost time for every list."""


def read_texts(
    train: Dataset,
    seed: int,
    encoder: TextEncoder | None = None,
    progress: Progress = no_progress,
    failed: FailedComponents | None = None,
) -> ItemTexts:
    """Encode the catalogue.

    Word vectors are trained on the log of ``train``, so it must not contain later data. If that
    fails, no item has one, and ``failed`` says so.
    """

    def read_words() -> FloatArray:
        from recommender.engine.text.word_vectors_training import train_word_vectors

        return mean_word_vectors(train.items, train_word_vectors(train, seed))

    vectors = read_words() if failed is None else failed.attempt("semantic", read_words)
    if vectors is None:
        vectors = np.zeros((train.n_items, 1), dtype=np.float32)
    if encoder is None or not any(item_texts(train.items)):
        return ItemTexts(train.items, vectors)

    def read_sentences() -> tuple[FloatArray, Whitening]:
        raw = encode_items(train.items, encoder, progress)
        whitening = Whitening.of(raw, SENTENCE_DIMENSIONS)
        return whitening(raw), whitening

    read = read_sentences() if failed is None else failed.attempt("sentences", read_sentences)
    return ItemTexts(train.items, vectors, *(read or ()))
