"""The conditional logit: which of a person's candidates did they take?

P(i | candidates) = exp(score(i)) / sum over all candidates of the person. The score is linear in
the features, so the loss is convex and the best weights are unique.
Source: McFadden 1974, Conditional logit analysis of qualitative choice behavior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.runtime.part_done import part_done

STEPS = 80
"""Most steps of L-BFGS; what later steps find holds for the slice alone."""


@dataclass(frozen=True)
class Choices:
    """Questions with their candidates.

    Attributes:
        features: (n, d) of each candidate of each question.
        questions: (n,) the question of each row, ascending from 0 on.
        worth: (n,) above 0 for what was taken: how much finding it counts.
    """

    features: FloatArray
    questions: NDArray[np.int64]
    worth: NDArray[np.float64]

    def answered(self) -> Choices:
        """Only the questions of which a candidate was taken; the others teach nothing."""
        known = np.bincount(self.questions, self.worth) > 0
        rows = np.flatnonzero(known[self.questions])
        _, questions = np.unique(self.questions[rows], return_inverse=True)
        return Choices(self.features[rows], questions, self.worth[rows])


def fit_weights(
    choices: Sequence[Choices], ridge: float, free: BoolArray, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(d,) the weights of the features that make what was taken likely, over all the choices.

    Args:
        ridge: strength of the quadratic penalty on the weights, in units of the mean loss; each
            weight counts in units of its feature's root mean square.
        free: (d,) features whose weights are not penalised.
        start: (d,) weights to begin with.
    """
    given = [each for each in map(Choices.answered, choices) if len(each.worth)]
    if not given:
        return start
    scale = _scale(given)
    blocks = list(map(Block.of, given))
    whole = sum(block.worth.sum() for block in blocks)
    penalty = np.where(free, 0.0, ridge)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = 0.0, np.zeros_like(weights)
        for block in blocks:
            # the weights are scaled, not the features, which are the most of a training's memory
            own, slope = block.loss(weights / scale)
            total, gradient = total + own, gradient + slope / scale
            part_done()
        ridged = penalty * weights
        return total / whole + float(ridged @ weights) / 2, gradient / whole + ridged

    found = minimize(
        loss, start * scale, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 10}
    )
    return np.asarray(found.x / scale, dtype=np.float64)


def _scale(choices: Sequence[Choices]) -> NDArray[np.float64]:
    """(d,) root mean square of each feature; 1 for a feature that is always 0."""
    squares = sum(
        np.einsum("ij,ij->j", each.features, each.features, dtype=np.float64) for each in choices
    )
    scale = np.sqrt(squares / sum(len(each.features) for each in choices))
    return np.where(scale > 0, scale, 1.0)


@dataclass(frozen=True)
class Block:
    """One set of choices; ``starts``: the first row of each question."""

    features: FloatArray
    questions: NDArray[np.int64]
    starts: NDArray[np.int64]
    worth: NDArray[np.float64]

    @classmethod
    def of(cls, choices: Choices) -> Block:
        starts = np.searchsorted(choices.questions, np.arange(choices.questions[-1] + 1))
        return cls(choices.features, choices.questions, starts, choices.worth)

    def loss(self, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The negative log likelihood, and its gradient."""
        scores = (self.features @ weights.astype(np.float32)).astype(np.float64)
        highest = np.maximum.reduceat(scores, self.starts)
        odds = np.exp(scores - highest[self.questions])
        sums = np.add.reduceat(odds, self.starts)
        worth = np.add.reduceat(self.worth, self.starts)
        loss = float(worth @ (np.log(sums) + highest) - self.worth @ scores)
        surplus = odds * (worth / sums)[self.questions] - self.worth
        gradient = surplus.astype(np.float32) @ self.features
        return loss, gradient.astype(np.float64)
