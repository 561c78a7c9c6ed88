"""A trained recurrent network in numpy: reads histories item by item into vectors that items are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import FloatArray, IntArray


@dataclass(frozen=True)
class Network:
    """``table``: (n_items, d) every item as the network reads and ranks it: its own row plus what its text says.

    ``kernel`` (d, 4 h), ``recurrent`` (h, 4 h), ``gates`` (4 h,): the LSTM's, in the order input, forget, output,
    candidate; a GRU has three (reset, update, candidate). ``project`` (h, d), ``start`` (d,), ``skip`` (1,): from the
    state, and from the item just read, to the vector of what comes next. ``bias`` (n_items,) is added to every score.
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
        """(len(histories), d) what each history leads to; all of them advance together, the longest first."""
        lengths = np.array([len(history) for history in histories], dtype=np.int64)
        order = np.argsort(-lengths, kind="stable")
        states = np.zeros((2, len(histories), len(self.recurrent)), dtype=np.float32)
        last = np.zeros((len(histories), self.table.shape[1]), dtype=np.float32)
        for place in range(int(lengths.max(initial=0))):
            n = int((lengths > place).sum())
            last[:n] = self.table[[histories[row][place] for row in order[:n]]]
            states[:, :n] = self._step(last[:n], states[:, :n])
        found = np.empty_like(last)
        found[order] = self._lead(states[0], last)
        return found

    def read_stepwise(self, history: IntArray) -> FloatArray:
        """(len(history) + 1, d) what the history leads to before its first item and after each."""
        states = np.zeros((2, 1, len(self.recurrent)), dtype=np.float32)
        found = np.empty((len(history) + 1, self.table.shape[1]), dtype=np.float32)
        found[0] = self.start
        for place, item in enumerate(history, start=1):
            states = self._step(self.table[item][None], states)
            found[place] = self._lead(states[0], self.table[item][None])[0]
        return found

    def _lead(self, state: FloatArray, last: FloatArray) -> FloatArray:
        return state @ self.project + self.start + self.skip * last

    def _step(self, inputs: FloatArray, states: FloatArray) -> FloatArray:
        """``states``: (2, rows, h), the state and, of an LSTM, its cell."""
        size = len(self.recurrent)
        return (_lstm if self.recurrent.shape[1] == 4 * size else _gru)(
            inputs @ self.kernel + self.gates, states, self.recurrent
        )


def _lstm(inputs: FloatArray, states: FloatArray, recurrent: FloatArray) -> FloatArray:
    before, cell = states
    enter, keep, leave, new = np.split(inputs + before @ recurrent, 4, axis=1)
    cell = _sigmoid(keep) * cell + _sigmoid(enter) * np.tanh(new)
    return np.stack([_sigmoid(leave) * np.tanh(cell), cell])


def _gru(inputs: FloatArray, states: FloatArray, recurrent: FloatArray) -> FloatArray:
    before = states[0]
    reset, keep, new = np.split(inputs, 3, axis=1)
    reset_back, keep_back, new_back = np.split(before @ recurrent, 3, axis=1)
    kept = _sigmoid(keep + keep_back)
    new = np.tanh(new + _sigmoid(reset + reset_back) * new_back)
    return np.stack([kept * before + (1 - kept) * new, states[1]])


def _sigmoid(values: FloatArray) -> FloatArray:
    return np.asarray((1 + np.tanh(values / 2)) / 2, dtype=np.float32)
