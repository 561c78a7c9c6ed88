from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from recommender.engine.scorers.interest_words.numpy_network import FADING, LATEST
from recommender.engine.scorers.interest_words.windows import commonness, make_windows
from tests.engine.builders import dataset


def test_histories_are_cut_into_windows_with_their_followers():
    data = dataset([(0, item) for item in range(LATEST + 4)] + [(1, 5)], LATEST + 4)
    windows = make_windows(data, np.random.default_rng(0), most=1000)
    assert sorted(windows.lengths.tolist()) == [3, LATEST]
    first = int(windows.lengths.argmin())
    assert windows.items[first].tolist() == [0, 1, 2]
    followed = windows.followers[windows.first[first]].toarray()[0]
    np.testing.assert_allclose(followed[1:6], FADING ** np.arange(5), rtol=1e-6)
    last = windows.followers[windows.positions(np.array([1 - first]))[-1]].toarray()[0]
    assert np.flatnonzero(last).tolist() == [LATEST + 3]


def test_windows_stop_at_the_wanted_number_of_positions():
    data = dataset([(user, item) for user in range(50) for item in range(5)], 5)
    windows = make_windows(data, np.random.default_rng(0), most=40)
    assert 40 <= windows.lengths.sum() < 48


def test_words_of_popular_items_are_common():
    weights = sp.csr_matrix(np.array([[1, 0], [0, 1]], dtype=np.float32))
    np.testing.assert_allclose(commonness(weights, np.array([3, 0], dtype=np.int32)), [0.8, 0.2])
