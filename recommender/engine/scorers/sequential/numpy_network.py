"""The trained recurrent network in numpy: it reads histories item by item into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import FloatArray, IntArray


@dataclass(frozen=True)
class Network:
    """The weights.

    ``table`` (n_items, d): each item's own row plus the map of its text vector. ``kernel``
    (d, 4 h), ``recurrent`` (h, 4 h), ``gates`` (4 h,): the LSTM's, in the order input, forget,
    output, candidate; a GRU has three (reset, update, candidate). ``project`` (h, d), ``start``
    (d,), ``skip`` (1,): from the state and from the latest item to the vector of the next item.
    ``bias`` (n_items,) is added to every score.
    """

    table: FloatArray
    bias: FloatArray
    kernel: FloatArray
    recurrent: FloatArray
    gates: FloatArray
    project: FloatArray
    start: FloatArray
    skip: FloatArray

    def read(self, histories: Sequence[IntArray]) -> FloatArray:
        """(len(histories), d) lead vectors; all histories advance together, the longest first."""
        lengths = np.array([len(history) for history in histories], dtype=np.int64)
        order = np.argsort(-lengths, kind="stable")
        states = np.zeros((2, len(histories), len(self.recurrent)), dtype=np.float32)
        last = np.zeros((len(histories), self.table.shape[1]), dtype=np.float32)
        for position in range(int(lengths.max(initial=0))):
            n = int((lengths > position).sum())
            last[:n] = self.table[[histories[row][position] for row in order[:n]]]
            states[:, :n] = self._step(last[:n], states[:, :n])
        found = np.empty_like(last)
        found[order] = self._lead(states[0], last)
        return found

    def read_stepwise(self, history: IntArray) -> FloatArray:
        """(len(history) + 1, d) lead vectors before the first item and after each item."""
        states = np.zeros((2, 1, len(self.recurrent)), dtype=np.float32)
        found = np.empty((len(history) + 1, self.table.shape[1]), dtype=np.float32)
        found[0] = self.start
        for position, item in enumerate(history, start=1):
            states = self._step(self.table[item][None], states)
            found[position] = self._lead(states[0], self.table[item][None])[0]
        return found

    def _lead(self, state: FloatArray, last: FloatArray) -> FloatArray:
        return state @ self.project + self.start + self.skip * last

    def _step(self, inputs: FloatArray, states: FloatArray) -> FloatArray:
        """``states``: (2, rows, h), the state and the LSTM's cell."""
        size = len(self.recurrent)
        return (_lstm if self.recurrent.shape[1] == 4 * size else _gru)(
            inputs @ self.kernel + self.gates, states, self.recurrent
        )


def add_content(
    scores: FloatArray, pasts: Sequence[IntArray], vectors: FloatArray, content: float, n: int
) -> None:
    """Add ``content`` times each item's largest cosine to the latest ``n`` past items, in place."""
    latest = [past[-n:] for past in pasts]
    nearest = np.full_like(scores, -np.inf)
    for position in range(max((len(past) for past in latest), default=0)):
        rows = [row for row, past in enumerate(latest) if position < len(past)]
        cosines = vectors[[latest[row][position] for row in rows]] @ vectors.T
        nearest[rows] = np.maximum(nearest[rows], cosines)
    scores += np.float32(content) * np.where(np.isinf(nearest), 0, nearest)


def _lstm(inputs: FloatArray, states: FloatArray, recurrent: FloatArray) -> FloatArray:
    before, cell = states
    enter, forget, leave, new = np.split(inputs + before @ recurrent, 4, axis=1)
    cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(new)
    return np.stack([_sigmoid(leave) * np.tanh(cell), cell])


def _gru(inputs: FloatArray, states: FloatArray, recurrent: FloatArray) -> FloatArray:
    before = states[0]
    reset, update, new = np.split(inputs, 3, axis=1)
    reset_back, update_back, new_back = np.split(before @ recurrent, 3, axis=1)
    gate = _sigmoid(update + update_back)
    new = np.tanh(new + _sigmoid(reset + reset_back) * new_back)
    return np.stack([gate * before + (1 - gate) * new, states[1]])


def _sigmoid(values: FloatArray) -> FloatArray:
    return np.asarray((1 + np.tanh(values / 2)) / 2, dtype=np.float32)
