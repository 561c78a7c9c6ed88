"""Word2Vec on a catalogue's own texts and on the order in which people took its items."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.text.tfidf import ItemWords, item_words
from recommender.engine.text.word_vectors import WordVectors

WORDS_AN_ITEM = 12
"""Of an item's words in a history sentence: its title and main category, not its description."""


@dataclass(frozen=True)
class Word2VecParams:
    """``max_words``: words read over all epochs, some 6 s; a bigger log gets fewer epochs, then fewer histories."""

    dimensions: int = 100
    window: int = 5
    min_epochs: int = 2
    max_epochs: int = 10
    min_count: int = 2
    max_words: int = 1_500_000


def train_word_vectors(
    train: Dataset, seed: int, params: Word2VecParams | None = None
) -> WordVectors:
    """Skip-gram with negative sampling; one thread, so that the same seed gives the same vectors.

    Sentences are the items' texts, and each person's history as the words of its items one after the other: words
    of things that are taken together come near each other even where no text says so.
    """
    from gensim.models import Word2Vec

    logging.getLogger("gensim").setLevel(logging.WARNING)  # a line a second otherwise
    params = params or Word2VecParams()
    sentences = list(
        _sentences(train, params.max_words // params.min_epochs, np.random.default_rng(seed))
    )
    length = sum(map(len, sentences))
    model = Word2Vec(
        sentences=sentences,
        vector_size=params.dimensions,
        window=params.window,
        min_count=params.min_count if len(sentences) > 1000 else 1,
        sg=1,
        negative=5,
        epochs=int(np.clip(params.max_words // length, params.min_epochs, params.max_epochs)),
        seed=seed % 2**31,
        workers=1,
    )
    return WordVectors(model.wv.index_to_key, np.asarray(model.wv.vectors, dtype=np.float32))


def _sentences(train: Dataset, budget: int, rng: np.random.Generator) -> Iterator[list[str]]:
    words = item_words(train.items)
    yield ["\u0000"]  # gensim refuses an empty corpus
    for item in range(train.n_items):
        text = words.of(item)
        budget -= len(text)
        yield text
    # In an order that has nothing to do with when people came, so that a cut is a fair sample.
    for user in rng.permutation(train.n_users):
        sentence = [word for item in train.query(user).history for word in _short(words, item)]
        budget -= len(sentence)
        if budget < 0:
            return
        yield sentence


def _short(words: ItemWords, item: int) -> list[str]:
    return (words.titles[item] + words.categories[item])[:WORDS_AN_ITEM]
