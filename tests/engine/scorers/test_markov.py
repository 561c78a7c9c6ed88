from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.markov import Transitions, followers
from tests.engine.builders import dataset
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
    counted = followers(log, 4, window=2, fading=0.5).toarray()
    np.testing.assert_allclose(counted[0], [0, 1, 0.5, 0])
    np.testing.assert_allclose(counted[3], [1, 0, 0, 0])


def test_an_item_taken_twice_does_not_follow_itself():
    assert followers(dataset([(0, 1), (0, 1)], 2).log, 2, window=3, fading=1.0).nnz == 0
