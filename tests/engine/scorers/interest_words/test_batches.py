from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.scorers.interest_words.batches import (
    commonness,
    compete,
    make_windows,
    spell_out,
)
from recommender.engine.scorers.interest_words.params import FADING, LATEST
from tests.engine.builders import dataset


def test_wanted_words_compete_with_sampled_ones():
    wanted = sp.csr_matrix(
        np.array([[0, 0.25, 0, 0.75, 0, 0], [0, 1, 0, 0, 0, 0]], dtype=np.float32)
    )
    words, raised, targets = compete(wanted, 2, np.random.default_rng(0))
    assert words[:2].tolist() == [1, 3]
    assert len(set(words.tolist())) == 4
    np.testing.assert_allclose(raised, [0, 0, np.log(2), np.log(2)])
    np.testing.assert_allclose(targets, [[0.25, 0.75, 0, 0], [1, 0, 0, 0]])


def test_a_written_word_is_no_target_afterwards():
    targets = np.array([[0.5, 0.3, 0.2, 0], [1, 0, 0, 0]], dtype=np.float32)
    written, left = spell_out(targets, 3, np.random.default_rng(0))
    assert sorted(written[0].tolist()) == [0, 1, 2]
    assert left[0, 0, written[0, 0]] == 0
    assert left[0, 1, written[0, 2]] == pytest.approx(1)
    assert not left[0, 2].any()
    assert not left[1].any()


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
