from __future__ import annotations

import numpy as np

from recommender.engine.text.whitening import Whitening, whitened

RNG = np.random.default_rng(0)
RAW = (RNG.normal(size=(300, 6)) * [9, 5, 3, 1, 0.1, 0.01] + 4).astype(np.float32)


def test_a_whitening_can_be_applied_to_other_rows():
    whitening = Whitening.of(RAW[:250], 3)
    np.testing.assert_allclose(whitening(RAW)[:250], whitening(RAW[:250]), atol=1e-6)
    assert whitening(RAW[250:]).shape == (50, 3)


def test_the_strongest_directions_are_used():
    few, all_of_them = whitened(RAW, 3), whitened(RAW)
    strong = whitened(RAW[:, :3])
    np.testing.assert_allclose(few @ few.T, strong @ strong.T, atol=0.1)
    assert np.abs(few @ few.T - all_of_them @ all_of_them.T).max() > 0.1


def test_dropping_no_direction_changes_no_cosine():
    few, all_of_them = whitened(RAW, 6), whitened(RAW)
    np.testing.assert_allclose(few @ few.T, all_of_them @ all_of_them.T, atol=1e-4)


def test_more_dimensions_than_directions_are_allowed():
    assert whitened(RAW, 50).shape == (300, 6)
    assert whitened(RAW[:1], 3).shape == (1, 3)
    assert whitened(RAW[:0], 3).shape == (0, 3)


def test_rows_of_zeros_stay_zeros():
    padded = np.vstack([RAW, np.zeros((2, 6), np.float32)])
    made = whitened(padded, 3)
    assert not made[300:].any()
    np.testing.assert_allclose(np.linalg.norm(made[:300], axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(made[:300], whitened(RAW, 3), atol=1e-5)
