from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.markov import Followers, Transitions
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.worlds import best, chains, fitted


def test_order_matters():
    data = chains()
    for chain in range(4):
        assert best(fitted(Transitions(), data), [chain * 6 + 2]) == [chain * 6 + 3]


def test_plain_neighbours_do_not_count_the_order():
    weights = fitted(ItemKnn(), chains()).weights
    assert weights[2, 3] == pytest.approx(weights[3, 2])
    directed = fitted(Transitions(), chains()).weights
    assert directed[3, 2] == 0 < directed[2, 3]


def test_followers_fade_with_distance_and_end_at_the_window():
    log = dataset([(0, 0), (1, 3), (0, 1), (0, 2), (1, 0), (0, 3)], 4).log
    counted = Followers.of(log, 4, window=2, fading=0.5).rows(slice(0, 4)).toarray()
    np.testing.assert_allclose(counted[0], [0, 1, 0.5, 0])
    np.testing.assert_allclose(counted[3], [1, 0, 0, 0])


def test_an_item_taken_twice_does_not_follow_itself():
    log = dataset([(0, 1), (0, 1)], 2).log
    assert Followers.of(log, 2, window=3, fading=1.0).rows(slice(0, 2)).nnz == 0


def test_blocks_of_items_have_the_same_followers():
    follow = Followers.of(random_dataset(n_users=40, n_items=30, n_events=600).log, 30, 5, 0.7)
    parts = [follow.rows(slice(at, at + 7 if at < 28 else 30)).toarray() for at in range(0, 30, 7)]
    np.testing.assert_array_equal(np.vstack(parts), follow.rows(slice(0, 30)).toarray())
