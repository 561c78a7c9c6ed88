"""The interest model as served: an LSTM reads what a person did, a second one writes the words of what comes next.

    x_t = item or typed text in the network's space                            (a,)
    h_t, c_t = LSTM(x_t, h_{t-1}, c_{t-1})                                      (h,)
    q   = W_h h_T + W_s mean(x_1 … x_T), the newest counting most               (a,)
    P(next word) = softmax(E q + b)                                             (words,)

The mean beside the LSTM keeps what a person always liked; the LSTM says what follows. The writer begins at the
reader's last state, reads each word that it wrote, and so does not write the same thing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from recommender.engine.data.types import FloatArray

LATEST = 20
"""Past items that are read."""

FADING = 0.8
"""What a past item counts in the mean, of the next newer one."""


LEAST = np.float32(-1e30)


@dataclass(frozen=True)
class Reading:
    """What the reader ends with: (n, h) state and memory, (n, a) the mean of what it read."""

    state: FloatArray
    memory: FloatArray
    mean: FloatArray

    def row(self, at: int) -> Reading:
        return Reading(self.state[at : at + 1], self.memory[at : at + 1], self.mean[at : at + 1])


@dataclass(frozen=True)
class Network:
    """The weights; gates lie side by side as Keras has them: input, forget, candidate, output.

    Shapes: ``kernel`` and ``writer_kernel`` (a, 4h), ``recurrent`` and ``writer_recurrent`` (h, 4h), ``bias`` and
    ``writer_bias`` (4h,), ``from_state`` (h, a), ``from_mean`` (a, a), ``words`` (n_words, a), ``word_bias``
    (n_words,).
    """

    kernel: FloatArray
    recurrent: FloatArray
    bias: FloatArray
    writer_kernel: FloatArray
    writer_recurrent: FloatArray
    writer_bias: FloatArray
    from_state: FloatArray
    from_mean: FloatArray
    words: FloatArray
    word_bias: FloatArray

    def read(self, steps: FloatArray, lengths: Sequence[int] | np.ndarray) -> Reading:
        """(n, t, a) padded at the end, and how many steps of each row count."""
        size, counted = self.recurrent.shape[0], np.asarray(lengths)
        state, memory = (np.zeros((len(steps), size), dtype=np.float32) for _ in range(2))
        for step in range(int(counted.max(initial=0))):
            live = np.flatnonzero(counted > step)
            gates = steps[live, step] @ self.kernel + state[live] @ self.recurrent + self.bias
            state[live], memory[live] = _step(gates, memory[live])
        return Reading(state, state, faded_mean(steps, counted))

    def query(self, reading: Reading) -> FloatArray:
        """(n, a) what comes next, in the words' space."""
        return reading.state @ self.from_state + reading.mean @ self.from_mean

    def logits(self, reading: Reading) -> FloatArray:
        """(n, n_words)"""
        return self.query(reading) @ self.words.T + self.word_bias

    def wrote(self, reading: Reading, word: int) -> Reading:
        """The writer's state after one more word; what was read stays as it is."""
        gates = (
            self.words[word] @ self.writer_kernel
            + reading.state @ self.writer_recurrent
            + self.writer_bias
        )
        state, memory = _step(gates, reading.memory)
        return Reading(state, memory, reading.mean)

    def get_state(self) -> dict[str, np.ndarray]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, state: dict[str, np.ndarray]) -> Self:
        return cls(**{field.name: state[field.name] for field in fields(cls)})


def faded_mean(steps: FloatArray, lengths: np.ndarray) -> FloatArray:
    """(n, a) mean over each row's steps, each counting ``FADING`` of the next newer one; 0 for a row without any."""
    age = lengths[:, None] - 1 - np.arange(steps.shape[1])
    weights = np.where(age >= 0, np.float32(FADING) ** np.maximum(age, 0), 0).astype(np.float32)
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    means: FloatArray = np.einsum("nt,nta->na", weights / total, steps)
    return means


def softmax(logits: FloatArray) -> FloatArray:
    """Along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=LEAST))
    shares: FloatArray = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def _step(gates: FloatArray, memory: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The new state and memory."""
    enter, forget, candidate, leave = np.split(gates, 4, axis=1)
    memory = _sigmoid(forget) * memory + _sigmoid(enter) * np.tanh(candidate)
    return _sigmoid(leave) * np.tanh(memory), memory


def _sigmoid(values: FloatArray) -> FloatArray:
    return (1 + np.tanh(values / 2)) / 2  # type: ignore[return-value]
