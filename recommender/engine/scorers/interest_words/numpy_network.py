"""The interest network in numpy: one LSTM reads the history, a second one writes interest words.

    x_t = item or typed text in the network's space                            (a,)
    h_t, c_t = LSTM(x_t, h_{t-1}, c_{t-1})                                      (h,)
    q   = W_h h_T + W_s mean(x_1 … x_T), weighted towards the newest            (a,)
    P(next word) = softmax(E q + b)                                             (words,)

The mean represents long-term interests; the LSTM predicts what follows. The writer starts with the
reader's last state and reads each written word, so that it does not write the same word twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.engine.data.types import FloatArray
from recommender.engine.scorers.interest_words.params import FADING
from recommender.engine.scorers.numpy_lstm import Lstm, last_states

CONTRAST = 8.0
"""What a cosine of 1 adds to a word's logit before training."""

READER, WRITER = "", "writer_"
"""Prefixes of the LSTMs' arrays in a state."""

REST = ("from_state", "from_mean", "words", "word_bias")

LEAST = np.float32(-1e30)


@dataclass(frozen=True)
class HistoryState:
    """The reader's result: (n, h) ``state`` and ``memory``, (n, a) ``mean`` of the inputs.

    The writer starts with the reader's state as its memory.
    """

    state: FloatArray
    memory: FloatArray
    mean: FloatArray

    def row(self, at: int) -> HistoryState:
        return HistoryState(
            self.state[at : at + 1], self.memory[at : at + 1], self.mean[at : at + 1]
        )


@dataclass(frozen=True)
class Network:
    """The weights.

    Shapes: ``from_state`` (h, a), ``from_mean`` (a, a), ``words`` (n_words, a), ``word_bias``
    (n_words,); the LSTMs read vectors of width a.
    """

    reader: Lstm
    writer: Lstm
    from_state: FloatArray
    from_mean: FloatArray
    words: FloatArray
    word_bias: FloatArray

    def read(self, steps: FloatArray, lengths: Sequence[int] | np.ndarray) -> HistoryState:
        """Read ``steps`` (n, t, a), padded at the end; ``lengths`` (n,) steps of each row."""
        state = last_states(self.reader.read(steps, lengths), lengths)
        return HistoryState(state, state, faded_mean(steps, np.asarray(lengths)))

    def query(self, history: HistoryState) -> FloatArray:
        """(n, a) query vectors in the space of the words."""
        return history.state @ self.from_state + history.mean @ self.from_mean

    def logits(self, history: HistoryState) -> FloatArray:
        """(n, n_words)"""
        return self.query(history) @ self.words.T + self.word_bias

    def wrote(self, history: HistoryState, word: int) -> HistoryState:
        """The writer's state after one more word; the mean of the inputs stays the same."""
        state, memory = self.writer.step(self.words[word], history.state, history.memory)
        return HistoryState(state, memory, history.mean)

    def get_state(self) -> dict[str, np.ndarray]:
        rest = {name: getattr(self, name) for name in REST}
        return self.reader.get_state(READER) | self.writer.get_state(WRITER) | rest

    @classmethod
    def from_arrays(cls, state: dict[str, np.ndarray]) -> Self:
        reader, writer = (Lstm.from_state(state, prefix) for prefix in (READER, WRITER))
        return cls(reader, writer, *(state[name] for name in REST))


def faded_mean(steps: FloatArray, lengths: np.ndarray) -> FloatArray:
    """(n, a) mean of each row's steps, decayed by ``FADING`` per newer step; 0 without steps."""
    age = lengths[:, None] - 1 - np.arange(steps.shape[1])
    weights = np.where(age >= 0, np.float32(FADING) ** np.maximum(age, 0), 0).astype(np.float32)
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    means: FloatArray = np.einsum("nt,nta->na", weights / total, steps)
    return means


def softmax(logits: FloatArray) -> FloatArray:
    """Softmax along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=LEAST))
    shares: FloatArray = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def random_projection(d: int, width: int, rng: np.random.Generator) -> FloatArray:
    """(d, width) random projection that nearly preserves cosines."""
    if d == 0:
        return np.zeros((0, width), dtype=np.float32)
    square, _ = np.linalg.qr(rng.normal(size=(max(d, width), max(d, width))))
    scale = np.sqrt(max(1.0, d / width))
    spread: FloatArray = (scale * square[:d, :width]).astype(np.float32)
    return spread
