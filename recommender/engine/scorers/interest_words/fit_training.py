"""Fit the interest model: it learns to name the words of the items that users take next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset
from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.scorers.interest_words.batches import (
    BatchSampler,
    Windows,
    commonness,
    make_windows,
    mean_vectors,
    sum_to_one,
)
from recommender.engine.scorers.interest_words.followers import Followers, count_followers
from recommender.engine.scorers.interest_words.numpy_network import (
    CONTRAST,
    Network,
    random_projection,
    softmax,
)
from recommender.engine.scorers.interest_words.params import FADING, LATEST
from recommender.engine.scorers.numpy_lstm import Lstm
from recommender.engine.text.lexicon import CatalogueWords, topicality

HELD_OUT = 0.1
MOST_EPOCHS = 12
MOST_HELD_OUT = 1000
"""Held-out windows that choose the copied share."""

SHARES = tuple(np.arange(0, 1, 0.05).tolist())
UNTRAINED_SHARE = 0.8


@dataclass(frozen=True)
class Size:
    """``width`` of the vectors; ``hidden`` units of the LSTMs; ``positions`` to train on in all.

    With less than ``fewest`` windows the network is not trained.
    """

    width: int
    hidden: int
    positions: int
    fewest: int


@dataclass(frozen=True)
class Learnt:
    """The fitted network and its inputs.

    Attributes:
        adapter: (d, a) from item vectors to the network's input.
        item_steps: (n_items, a) input of each item.
        word_steps: (n_words, a) input of each word.
        common: (n_words,) share of the word in all taken items.
        topical: (n_words,) how similar the items with the word are.
        copied: how often the next words are among those of past items.
        followers: how often each word is among those of the next items; None of a short log.
    """

    network: Network
    adapter: FloatArray
    item_steps: FloatArray
    word_steps: FloatArray
    common: FloatArray
    topical: FloatArray
    copied: float
    followers: Followers | None


def train_interest(
    train: Dataset, vectors: FloatArray, words: CatalogueWords, size: Size, seed: int
) -> Learnt:
    """Train a network that reads ``vectors`` (n_items, d) and writes ``words``.

    On a short log it stays untrained: then words are copied from past items and typed texts.
    """
    from recommender.engine.scorers.interest_words.network_training import InterestModel, Trainer

    rng = np.random.default_rng(seed)
    windows = make_windows(train, rng, size.positions)
    word_vectors = mean_vectors(words.weights, vectors)
    common = commonness(words.weights, train.counts)
    order, held = rng.permutation(len(windows)), int(np.ceil(len(windows) * HELD_OUT))
    if len(windows) < size.fewest:
        return _untrained(vectors, word_vectors, words, common, size, rng)
    model = InterestModel(word_vectors, common, size.width, size.hidden, seed)
    trainer = Trainer(model, BatchSampler(windows, words.weights, vectors, rng))
    epochs = int(np.clip(size.positions // int(windows.lengths.sum()), 1, MOST_EPOCHS))
    trainer.fit(order[held:], order[:held], epochs)  # type: ignore[arg-type]
    network, adapter = model.network(), model.adapter_weights()
    item_steps, word_steps = np.asarray(vectors @ adapter), np.asarray(word_vectors @ adapter)
    copied = copied_share(network, windows, order[:held], item_steps, words.weights)  # type: ignore[arg-type]
    topical = topicality(words.weights, vectors)
    followers = count_followers(train, windows, words.weights, words.lexicon.writable)
    return Learnt(network, adapter, item_steps, word_steps, common, topical, copied, followers)


def copied_share(
    network: Network,
    windows: Windows,
    rows: IntArray,
    item_steps: FloatArray,
    weights: sp.csr_matrix,
) -> float:
    """The share of next words copied from past items that maximises the likelihood of ``rows``."""
    rows = rows[:MOST_HELD_OUT]
    histories = [windows.items[row] for row in rows]
    lengths = np.array([len(items) for items in histories])
    steps = np.zeros((len(rows), LATEST, item_steps.shape[1]), dtype=np.float32)
    met = np.zeros((len(rows), weights.shape[1]), dtype=np.float32)
    for row, items in enumerate(histories):
        steps[row, : len(items)] = item_steps[items]
        met[row] = (FADING ** np.arange(len(items) - 1, -1, -1)) @ weights[items]
    met /= np.maximum(met.sum(axis=1, keepdims=True), 1e-12)
    wanted = sum_to_one(windows.followers[windows.first[rows] + lengths - 1] @ weights)
    likely = softmax(network.logits(network.read(steps, lengths)))
    entries = (np.repeat(np.arange(len(rows)), np.diff(wanted.indptr)), wanted.indices)
    net, past = likely[entries], met[entries]
    return float(
        max(
            SHARES,
            key=lambda share: float(wanted.data @ np.log((1 - share) * net + share * past + 1e-12)),
        )
    )


def _untrained(
    vectors: FloatArray,
    word_vectors: FloatArray,
    words: CatalogueWords,
    common: FloatArray,
    size: Size,
    rng: np.random.Generator,
) -> Learnt:
    """A network of zeros: it predicts common words, and most words are copied."""
    begin = random_projection(vectors.shape[1], size.width, rng)
    a, h = size.width, size.hidden
    network = Network(
        reader=Lstm.zeros(a, h),
        writer=Lstm.zeros(a, h),
        from_state=np.zeros((h, a), dtype=np.float32),
        from_mean=np.eye(a, dtype=np.float32),
        words=np.asarray(CONTRAST * word_vectors @ begin, dtype=np.float32),
        word_bias=np.log(common + 1e-9).astype(np.float32),
    )
    topical = topicality(words.weights, vectors)
    return Learnt(
        network,
        begin,
        vectors @ begin,
        word_vectors @ begin,
        common,
        topical,
        UNTRAINED_SHARE,
        None,
    )
