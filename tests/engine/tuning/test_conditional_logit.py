from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.tuning.conditional_logit import Block, Choices, fit_weights

TRUE = np.array([1.5, -0.8, 0.0])


def simulated(n_questions=2000, width=12, seed=0):
    """People who choose as the model says, with the weights ``TRUE``."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n_questions, width, len(TRUE))).astype(np.float32)
    scores = features @ TRUE + rng.gumbel(size=(n_questions, width))
    taken = np.zeros((n_questions, width))
    taken[np.arange(n_questions), scores.argmax(axis=1)] = 1.0
    questions = np.repeat(np.arange(n_questions), width)
    return Choices(features.reshape(-1, len(TRUE)), questions, taken.ravel())


def fitted(choices, ridge=1e-6, free=(False, False, False), start=(0.0, 0.0, 0.0)):
    return fit_weights(choices, ridge, np.array(free), np.array(start))


def test_it_finds_the_weights_that_people_choose_by():
    np.testing.assert_allclose(fitted([simulated()]), TRUE, atol=0.1)


def test_several_slices_are_one_sample():
    halves = [simulated(500, seed=1), simulated(700, seed=2)]
    joined = Choices(
        np.concatenate([half.features for half in halves]),
        np.concatenate([halves[0].questions, 500 + halves[1].questions]),
        np.concatenate([half.worth for half in halves]),
    )
    np.testing.assert_allclose(fitted(halves), fitted([joined]), atol=1e-3)


def test_the_gradient_is_that_of_the_loss():
    block = Block.of(simulated(50))
    at, step = np.array([0.3, -0.2, 0.1]), 1e-2
    _, gradient = block.loss(at)
    for way in np.eye(len(TRUE)):
        higher, lower = block.loss(at + step * way)[0], block.loss(at - step * way)[0]
        assert gradient @ way == pytest.approx((higher - lower) / (2 * step), rel=1e-2, abs=0.05)


def test_a_ridge_pulls_weights_to_zero_except_the_free_ones():
    weights = fitted([simulated()], ridge=10.0, free=(True, False, False))
    assert weights[0] > 0.8
    assert abs(weights[1]) < 0.1


def test_questions_without_an_answer_teach_nothing():
    known = simulated(300)
    more = Choices(
        np.concatenate([known.features, np.full((5, 3), 9.0, np.float32)]),
        np.concatenate([known.questions, np.full(5, 300)]),
        np.concatenate([known.worth, np.zeros(5)]),
    )
    np.testing.assert_allclose(fitted([known]), fitted([more]), atol=1e-4)
    nothing = Choices(known.features, known.questions, np.zeros_like(known.worth))
    assert fitted([nothing], start=(1.0, 2.0, 3.0)).tolist() == [1.0, 2.0, 3.0]


def test_a_feature_that_is_always_zero_gets_no_weight():
    known = simulated(300)
    features = known.features.copy()
    features[:, 2] = 0.0
    assert fitted([Choices(features, known.questions, known.worth)])[2] == 0.0
