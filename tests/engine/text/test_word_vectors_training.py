from __future__ import annotations

import numpy as np

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.text.word_vectors_training import Word2VecParams, train_word_vectors
from tests.engine.builders import dataset

PARAMS = Word2VecParams(dimensions=16, max_words=40_000, max_epochs=30)


def two_topics() -> Dataset:
    """Tea items and bicycle items, which no person mixes; no title has two words of a topic."""
    titles = ["kettle", "teapot", "saucer", "pedal", "saddle", "spoke"] * 10
    rng = np.random.default_rng(0)
    events = [(user, int(item)) for user in range(80) for item in rng.permutation(30)[:12]]
    chosen = [(user, item // 3 * 6 + item % 3 + 3 * (user % 2)) for user, item in events]
    users, items = np.array(chosen, dtype=np.int32).T
    log = Log(users, items, np.ones(len(users), np.float32), np.arange(len(users)))
    return Dataset(Items(titles, [""] * 60, [()] * 60), log, 80)


def test_words_of_items_taken_together_have_similar_vectors():
    vectors = train_word_vectors(two_topics(), 1, PARAMS)
    near = vectors["kettle"] @ vectors["teapot"] / np.linalg.norm(vectors["teapot"])
    far = vectors["kettle"] @ vectors["spoke"] / np.linalg.norm(vectors["spoke"])
    assert near > far


def test_the_same_seed_gives_the_same_vectors():
    first, second = (train_word_vectors(two_topics(), 5, PARAMS) for _ in range(2))
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert first.words == second.words


def test_a_catalogue_without_texts_or_log_has_vectors():
    assert (
        train_word_vectors(dataset([], 3, n_users=0, texts=False), 1, PARAMS).vectors.shape[1] == 16
    )


def test_a_tight_budget_leaves_out_histories_not_items():
    tight = Word2VecParams(dimensions=8, max_words=150, min_epochs=1)
    assert "spoke" in train_word_vectors(two_topics(), 1, tight)
