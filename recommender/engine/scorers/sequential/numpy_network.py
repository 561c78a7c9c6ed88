"""The trained recurrent network in numpy: it reads histories item by item into vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.scorers.numpy_lstm import Lstm, last_states

LSTM = "lstm_"
"""Prefix of the LSTM's arrays in a state."""

REST = ("table", "bias", "project", "start", "skip")

FORMER_NAMES = {"kernel": "kernel", "recurrent": "recurrent", "bias": "gates"}


@dataclass(frozen=True)
class Network:
    """The weights.

    ``table`` (n_items, d): each item's own row plus the map of its text vector. ``project`` (h, d),
    ``start`` (d,), ``skip`` (1,): from the LSTM's state and from the latest item to the vector of
    the next item. ``bias`` (n_items,) is added to every score.
    """

    lstm: Lstm
    table: FloatArray
    bias: FloatArray
    project: FloatArray
    start: FloatArray
    skip: FloatArray

    def read(self, histories: Sequence[IntArray]) -> FloatArray:
        """(len(histories), d) lead vectors."""
        lengths = np.array([len(history) for history in histories], dtype=np.int64)
        shape = (len(histories), int(lengths.max(initial=0)), self.table.shape[1])
        steps = np.zeros(shape, dtype=np.float32)
        for row, history in enumerate(histories):
            steps[row, : len(history)] = self.table[history]
        states = self.lstm.read(steps, lengths)
        return self._lead(last_states(states, lengths), last_states(steps, lengths))

    def read_stepwise(self, history: IntArray) -> FloatArray:
        """(len(history) + 1, d) lead vectors before the first item and after each item."""
        steps = self.table[history]
        states = self.lstm.read(steps[None], [len(history)])[0]
        return np.concatenate([self.start[None], self._lead(states, steps)])

    def get_state(self) -> dict[str, np.ndarray]:
        return self.lstm.get_state(LSTM) | {name: getattr(self, name) for name in REST}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> Self:
        lstm = _former_lstm(state) if "gates" in state else Lstm.from_state(state, LSTM)
        return cls(lstm, *(state[name] for name in REST))

    def _lead(self, state: FloatArray, last: FloatArray) -> FloatArray:
        return state @ self.project + self.start + self.skip * last


def _former_lstm(state: Mapping[str, np.ndarray]) -> Lstm:
    """The LSTM of an older version, whose gates were in the order input, forget, output, candidate.

    Raises:
        ValueError: if its network was a GRU.
    """
    if state["recurrent"].shape[1] != 4 * len(state["recurrent"]):
        raise ValueError("its sequence network is a GRU, which no longer exists: train it again")
    parts = {new: np.split(state[old], 4, axis=-1) for new, old in FORMER_NAMES.items()}
    return Lstm(
        **{
            name: np.concatenate([enter, forget, candidate, leave], axis=-1)
            for name, (enter, forget, leave, candidate) in parts.items()
        }
    )
