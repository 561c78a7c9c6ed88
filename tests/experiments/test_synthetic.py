from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.head_tail import interaction_counts
from recommender.experiments.synthetic import SyntheticLog, synthetic

SMALL = SyntheticLog(people=120, items=600, topics=12)


@pytest.fixture(scope="module")
def shop():
    return synthetic(SMALL, 0)


def test_equal_seeds_give_equal_data(shop):
    again, other = synthetic(SMALL, 0), synthetic(SMALL, 1)
    assert again.items.titles == shop.items.titles
    assert (again.log.items == shop.log.items).all()
    assert other.items.titles != shop.items.titles


def test_it_has_the_wanted_size_stars_and_weights(shop):
    assert (shop.n_users, shop.n_items) == (120, 600)
    assert np.diff(shop.matrix.indptr).min() >= 5
    assert set(shop.log.values.tolist()) == {1, 2, 3, 4, 5}
    assert set(shop.log.weights.tolist()) == {np.float32(0.3), 1}


def test_popularity_has_a_long_tail(shop):
    counts = np.sort(interaction_counts(shop))[::-1]
    assert counts[:120].sum() > 0.55 * counts.sum()


def test_people_take_items_of_few_topics_and_their_followers(shop):
    """Each has three of twelve topics and their followers; by chance five topics would be half."""
    topic = np.array([names[0] for names in shop.items.categories])
    shares = []
    for user in range(shop.n_users):
        _, counts = np.unique(topic[shop.query(user).history], return_counts=True)
        shares.append(np.sort(counts)[::-1][:5].sum() / counts.sum())
    assert np.mean(shares) > 0.9


def test_words_identify_the_topic(shop):
    """Two titles of one topic share more words than titles of two topics."""
    topic = [names[0] for names in shop.items.categories]
    words = [set(title.split()) for title in shop.items.titles]
    pairs = np.random.default_rng(0).integers(0, 600, (4000, 2))
    shared = {
        alike: np.mean(
            [
                len(words[a] & words[b])
                for a, b in pairs
                if a != b and (topic[a] == topic[b]) == alike
            ]
        )
        for alike in (True, False)
    }
    assert shared[True] > 5 * shared[False]
