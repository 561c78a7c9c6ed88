from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.interest_words.numpy_network import (
    Network,
    faded_mean,
    softmax,
)
from recommender.engine.scorers.interest_words.params import FADING
from recommender.engine.scorers.numpy_lstm import Lstm

WIDTH, HIDDEN, WORDS = 3, 2, 5


def network(seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)

    def some(*shapes):
        return [rng.normal(size=shape).astype(np.float32) for shape in shapes]

    gates = ((WIDTH, 4 * HIDDEN), (HIDDEN, 4 * HIDDEN), (4 * HIDDEN,))
    shapes = ((HIDDEN, WIDTH), (WIDTH, WIDTH), (WORDS, WIDTH), (WORDS,))
    return Network(Lstm(*some(*gates)), Lstm(*some(*gates)), *some(*shapes))


def test_the_order_of_steps_matters():
    net, steps = network(), np.random.default_rng(1).normal(size=(1, 3, WIDTH)).astype(np.float32)
    assert (
        np.abs(net.logits(net.read(steps, [3])) - net.logits(net.read(steps[:, ::-1], [3]))).max()
        > 0.01
    )


def test_without_steps_common_words_are_likely():
    net = network()
    history = net.read(np.zeros((1, 0, WIDTH), dtype=np.float32), [0])
    np.testing.assert_allclose(net.logits(history)[0], net.word_bias, atol=1e-6)


def test_newer_steps_count_more_in_the_mean():
    steps = np.array([[[1, 0], [0, 1], [9, 9]]], dtype=np.float32)
    np.testing.assert_allclose(
        faded_mean(steps, np.array([2])), [[FADING / (1 + FADING), 1 / (1 + FADING)]], rtol=1e-6
    )


def test_a_written_word_changes_the_state_but_not_the_mean():
    net = network()
    history = net.read(np.ones((1, 2, WIDTH), dtype=np.float32), [2])
    after = net.wrote(history, 3)
    assert np.abs(net.logits(after) - net.logits(history)).max() > 0.01
    np.testing.assert_array_equal(after.mean, history.mean)
    assert np.abs(net.wrote(history, 1).state - after.state).max() > 0.01


def test_probabilities_sum_to_one_however_large_the_logits():
    found = softmax(np.array([[1000, 1000, -1000]], dtype=np.float32))
    np.testing.assert_allclose(found, [[0.5, 0.5, 0]])
    assert softmax(np.zeros((2, 0), dtype=np.float32)).shape == (2, 0)


def test_the_state_is_the_arrays():
    net = network()
    again = Network.from_arrays(net.get_state())
    assert again.get_state().keys() == net.get_state().keys()
    assert again.words is net.words


@pytest.mark.parametrize("rows", [0, 3])
def test_any_number_of_users_is_read_at_once(rows):
    net = network()
    history = net.read(np.zeros((rows, 2, WIDTH), dtype=np.float32), [2] * rows)
    assert net.logits(history).shape == (rows, WORDS)
