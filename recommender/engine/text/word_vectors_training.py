"""Train Word2Vec on a catalogue's texts and on the order in which people chose its items."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from recommender.engine.data.dataset import Dataset
from recommender.engine.runtime.size import is_large
from recommender.engine.text.tfidf import ItemWords, item_words
from recommender.engine.text.word_vectors import WordVectors

WORDS_AN_ITEM = 12
"""Words per item in a sentence of a history: title and main category, not the description."""


@dataclass(frozen=True)
class Word2VecParams:
    """``max_words``: words read in all epochs, about 6 s of training.

    A larger log gets fewer epochs, then fewer histories; a large catalogue a sample of its texts.
    """

    dimensions: int = 100
    window: int = 5
    min_epochs: int = 2
    max_epochs: int = 10
    min_count: int = 2
    max_words: int = 1_500_000


def train_word_vectors(
    train: Dataset, seed: int, params: Word2VecParams | None = None
) -> WordVectors:
    """Skip-gram with negative sampling, on one thread: the same seed gives the same vectors.

    The sentences are the items' texts, and each person's history as the words of its items. Words
    of items that are chosen together then get similar vectors, even if no text connects them.
    No word has a vector if none is in two texts of a large catalogue.
    """
    from gensim.models import Word2Vec

    logging.getLogger("gensim").setLevel(logging.WARNING)  # at INFO it logs a line per second
    params = params or Word2VecParams()
    sentences = list(
        _sentences(train, params.max_words // params.min_epochs, np.random.default_rng(seed))
    )
    length = sum(map(len, sentences))
    fewest = params.min_count if len(sentences) > 1000 else 1
    if max(Counter(chain.from_iterable(sentences)).values(), default=0) < fewest:
        return WordVectors([], np.zeros((0, params.dimensions), dtype=np.float32))
    model = Word2Vec(
        sentences=sentences,
        vector_size=params.dimensions,
        window=params.window,
        min_count=fewest,
        sg=1,
        negative=5,
        epochs=int(np.clip(params.max_words // length, params.min_epochs, params.max_epochs)),
        seed=seed % 2**31,
        workers=1,
    )
    return WordVectors(model.wv.index_to_key, np.asarray(model.wv.vectors, dtype=np.float32))


def _sentences(train: Dataset, budget: int, rng: np.random.Generator) -> Iterator[list[str]]:
    words = item_words(train.items)
    yield ["\u0000"]  # gensim rejects an empty corpus
    of_items, items = budget // 2, np.arange(train.n_items)
    if is_large(train.n_items):
        items = rng.permutation(items)  # a fair sample of what is within the budget
    for item in items.tolist():
        text = words.of(item)
        budget -= len(text)
        of_items -= len(text)
        if of_items < 0 and is_large(train.n_items):
            break
        yield text
    # A random order, so that the histories within the budget are a fair sample.
    for user in rng.permutation(train.n_users):
        sentence = [word for item in train.query(user).history for word in _short(words, item)]
        budget -= len(sentence)
        if budget < 0:
            return
        yield sentence


def _short(words: ItemWords, item: int) -> list[str]:
    return (words.titles[item] + words.categories[item])[:WORDS_AN_ITEM]
