"""What the interest network reads of users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.scorers.interest_words.params import FADING


class UserInput(NamedTuple):
    """(t, a) ``steps``, (n_words,) ``met`` shares of words, and whether there are past items."""

    steps: FloatArray
    met: FloatArray
    has_history: bool


@dataclass(frozen=True)
class HistoryInput:
    """The input of n users.

    Attributes:
        steps: (n, t, a) inputs, padded at the end.
        lengths: (n,) steps of each row.
        met: (n, n_words) share of each word in the history and the stated preferences.
        has_history: (n,) whether the user has past items, not stated preferences alone.
    """

    steps: FloatArray
    lengths: np.ndarray
    met: FloatArray
    has_history: BoolArray

    @classmethod
    def of(cls, users: Sequence[UserInput], width: int, n_words: int) -> Self:
        """``width``: of the steps."""
        lengths = np.array([len(user.steps) for user in users], dtype=np.int64)
        steps = np.zeros((len(users), int(lengths.max(initial=0)), width), dtype=np.float32)
        met = np.zeros((len(users), n_words), dtype=np.float32)
        for row, user in enumerate(users):
            steps[row, : len(user.steps)] = user.steps
            met[row] = user.met
        return cls(steps, lengths, met, np.array([user.has_history for user in users], dtype=bool))


def words_met(weights: sp.csr_matrix, past: IntArray) -> FloatArray:
    """(n_words,) sum of the past items' rows, decayed by ``FADING`` per newer item."""
    met = np.zeros(weights.shape[1], dtype=np.float32)
    for age, item in enumerate(past[::-1].tolist()):
        row = slice(weights.indptr[item], weights.indptr[item + 1])
        met[weights.indices[row]] += weights.data[row] * FADING**age
    return met


def unit(step: FloatArray) -> FloatArray:
    return step / max(1e-12, float(np.linalg.norm(step)))
