"""A trained LSTM in numpy: the reader of the sequence network and of the interest network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from recommender.engine.data.types import FloatArray


@dataclass(frozen=True)
class Lstm:
    """The weights: ``kernel`` (d, 4h), ``recurrent`` (h, 4h), ``bias`` (4h,).

    The gates are in Keras' order: input, forget, candidate, output.
    """

    kernel: FloatArray
    recurrent: FloatArray
    bias: FloatArray

    @classmethod
    def of(cls, layer: Any) -> Self:
        """The weights of a Keras layer."""
        return cls(*(variable.numpy() for variable in layer.trainable_variables))

    @classmethod
    def zeros(cls, width: int, hidden: int) -> Self:
        shapes = ((width, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,))
        return cls(*(np.zeros(shape, dtype=np.float32) for shape in shapes))

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray], prefix: str) -> Self:
        return cls(**{field.name: state[prefix + field.name] for field in fields(cls)})

    def get_state(self, prefix: str) -> dict[str, np.ndarray]:
        return {prefix + field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def hidden(self) -> int:
        return len(self.recurrent)

    def read(self, steps: FloatArray, lengths: Sequence[int] | np.ndarray) -> FloatArray:
        """(n, t, h) states after each of the ``steps`` (n, t, d), all rows at once.

        Rows are padded at the end; states after a row's length are 0.
        """
        counted = np.asarray(lengths, dtype=np.int64)
        states = np.zeros((*steps.shape[:2], self.hidden), dtype=np.float32)
        state, memory = (np.zeros((len(steps), self.hidden), dtype=np.float32) for _ in range(2))
        for at in range(int(counted.max(initial=0))):
            live = np.flatnonzero(counted > at)
            state[live], memory[live] = self.step(steps[live, at], state[live], memory[live])
            states[live, at] = state[live]
        return states

    def step(
        self, inputs: FloatArray, state: FloatArray, memory: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """The (n, h) state and memory after one more input (n, d)."""
        gates = inputs @ self.kernel + state @ self.recurrent + self.bias
        enter, forget, candidate, leave = np.split(gates, 4, axis=1)
        memory = sigmoid(forget) * memory + sigmoid(enter) * np.tanh(candidate)
        return sigmoid(leave) * np.tanh(memory), memory


def last_states(states: FloatArray, lengths: Sequence[int] | np.ndarray) -> FloatArray:
    """(n, h) the state after each row's last step; 0 without steps."""
    counted = np.asarray(lengths, dtype=np.int64)
    found = np.zeros((len(states), states.shape[2]), dtype=np.float32)
    rows = np.flatnonzero(counted)
    found[rows] = states[rows, counted[rows] - 1]
    return found


def sigmoid(values: FloatArray) -> FloatArray:
    return np.asarray((1 + np.tanh(values / 2)) / 2, dtype=np.float32)
