from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.scorers.numpy_lstm import Lstm, last_states

WIDTH, HIDDEN = 3, 2
STEPS = np.random.default_rng(1).normal(size=(3, 4, WIDTH)).astype(np.float32)


def lstm(seed=0):
    rng = np.random.default_rng(seed)
    shapes = ((WIDTH, 4 * HIDDEN), (HIDDEN, 4 * HIDDEN), (4 * HIDDEN,))
    return Lstm(*(rng.normal(size=shape).astype(np.float32) for shape in shapes))


def textbook_states(made, steps):
    """The LSTM by its formulas, one step at a time."""
    state, memory = np.zeros(HIDDEN), np.zeros(HIDDEN)
    states = []
    for step in steps:
        gates = step @ made.kernel + state @ made.recurrent + made.bias
        enter, forget, candidate, leave = gates.reshape(4, HIDDEN)
        memory = memory / (1 + np.exp(-forget)) + np.tanh(candidate) / (1 + np.exp(-enter))
        state = np.tanh(memory) / (1 + np.exp(-leave))
        states.append(state)
    return np.array(states)


def test_it_reads_by_the_formulas_whatever_is_behind_a_rows_end():
    made, lengths = lstm(), [4, 2, 0]
    states = made.read(STEPS, lengths)
    for row, length in enumerate(lengths):
        expected = textbook_states(made, STEPS[row, :length]).reshape(-1, HIDDEN)
        np.testing.assert_allclose(states[row, :length], expected, atol=1e-6)
        assert not states[row, length:].any()
    np.testing.assert_array_equal(
        last_states(states, lengths), [states[0, 3], states[1, 1], [0, 0]]
    )


@pytest.mark.parametrize("rows", [0, 3])
def test_no_step_is_a_state_of_zeros(rows):
    nothing = np.zeros((rows, 0, WIDTH), dtype=np.float32)
    states = last_states(lstm().read(nothing, [0] * rows), [0] * rows)
    np.testing.assert_array_equal(states, np.zeros((rows, HIDDEN)))


def test_its_state_is_its_arrays_under_a_prefix():
    made = lstm()
    state = made.get_state("reader_")
    assert set(state) == {"reader_kernel", "reader_recurrent", "reader_bias"}
    np.testing.assert_array_equal(
        Lstm.from_state(state, "reader_").read(STEPS, [4] * 3), made.read(STEPS, [4] * 3)
    )


@pytest.mark.tensorflow
def test_numpy_gives_the_states_of_keras():
    from recommender.engine.scorers.lstm_training import lstm_layer

    layer = lstm_layer(WIDTH, HIDDEN, seed=0)
    np.testing.assert_allclose(Lstm.of(layer).read(STEPS, [4] * 3), layer(STEPS).numpy(), atol=1e-6)
