"""How likely each word is among those of the next items: three views in one number.

    P(w) = sigmoid(bias + sum over views v of weight(v) * log v(w))

Views: the word's rate after the past items, its trend, and how usual it is. The weights are those
of a logistic regression on the newest part of the log, with views that were counted before it. So
a shop whose season changes listens to what is usual now, another one to the past items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.engine.data.types import FloatArray

LEAST = np.float32(1e-4)
"""Smallest value of a view: its logarithm must be finite."""

UNFITTED = np.array([1.0, 0.7, 0.0, 0.0], dtype=np.float32)
"""Weights of ``RateMixture`` that need no fitting."""


@dataclass(frozen=True)
class RateMixture:
    """``weights`` (4,): of the rate, of the trend and of how usual a word is, and the bias."""

    weights: FloatArray

    def of(self, rate: FloatArray, at_all: FloatArray) -> FloatArray:
        """(n_words,) probabilities. ``rate``: after the past items; ``at_all``: ``for_anybody``."""
        odds = np.exp(self.weights[0] * log_of(rate) + at_all)
        return np.asarray(odds / (1 + odds), dtype=np.float32)

    def for_anybody(self, trend: FloatArray, usual: FloatArray) -> FloatArray:
        """(n_words,) the part of the log odds that is the same for all people."""
        _rate, by_trend, by_usual, bias = self.weights
        log_odds: FloatArray = by_trend * log_of(trend) + by_usual * log_of(usual) + bias
        return log_odds

    @classmethod
    def unfitted(cls) -> Self:
        """Of a log that is too short to fit the weights."""
        return cls(UNFITTED)


def log_of(view: FloatArray) -> FloatArray:
    """The logarithm, finite also of 0."""
    return np.asarray(np.log(np.maximum(view, LEAST)), dtype=np.float32)
