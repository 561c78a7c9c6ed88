"""Reads the catalogue's texts: trains word vectors and encodes every item."""

from __future__ import annotations

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import Progress, no_progress
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
) -> ItemTexts:
    """Encode the catalogue.

    Word vectors are trained on the log of ``train``, so it must not contain later data.
    """
    from recommender.engine.text.word_vectors_training import train_word_vectors

    vectors = mean_word_vectors(train.items, train_word_vectors(train, seed))
    if encoder is None or not any(item_texts(train.items)):
        return ItemTexts(train.items, vectors)
    raw = encode_items(train.items, encoder, progress)
    whitening = Whitening.of(raw, SENTENCE_DIMENSIONS)
    return ItemTexts(train.items, vectors, whitening(raw), whitening)
