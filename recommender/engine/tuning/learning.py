"""Learn what each component's score is worth from the slices' questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.scorers.blend import Blend, Term, name_of
from recommender.engine.tuning.candidate_scores import Column
from recommender.engine.tuning.conditional_logit import Choices, fit_weights
from recommender.engine.tuning.score_cache import ScoreCache, unlisted

TAIL_WORTH = 2.5
"""What finding a taken tail item counts, relative to a head item. It costs next to no NDCG
(docs/decisions/0019)."""

RIDGE, RIDGE_PEOPLE = 3e-3, 1000
"""Penalty on weights, and with how many questions it is twice as strong."""

LEAST_SHARE = 0.015
"""A column that moves scores by less than this share of all columns is left out, and the others are
learnt again: it costs time in every list and gains nothing (docs/decisions/0019)."""

Weights = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """What the score is made of: two features a column, popularity, and the prior blends.

    ``priors``: by prior the weight of each column, and the popularity penalty. Their weights are
    not penalised: with few questions the score is theirs.
    """

    columns: tuple[Column, ...]
    priors: tuple[tuple[Mapping[int, float], float], ...]

    @property
    def width(self) -> int:
        return 2 * len(self.columns) + 1 + len(self.priors)

    @property
    def free(self) -> BoolArray:
        return np.arange(self.width) >= self.width - len(self.priors)

    def features(self, cache: ScoreCache, cells: BoolArray) -> FloatArray:
        """(n, width) of the cells of the cache."""
        n, features = len(self.columns), np.empty((int(cells.sum()), self.width), np.float32)
        for at, values in enumerate(cache.values):
            features[:, at] = values[cells]
            np.sqrt(np.maximum(features[:, at], 0), out=features[:, n + at])
        popularity = cache.popularity[cells]
        features[:, 2 * n] = popularity
        for at, (weights, penalty) in enumerate(self.priors):
            own = features[:, 2 * n + 1 + at]
            np.multiply(popularity, -penalty, out=own)
            for column, weight in weights.items():
                own += np.float32(weight) * features[:, column]
        return features

    def narrowed(self, used: NDArray[np.int64]) -> Columns:
        """Only these columns, also in the prior blends."""
        place = {old: new for new, old in enumerate(used.tolist())}
        priors = (
            ({place[at]: weight for at, weight in weights.items() if at in place}, penalty)
            for weights, penalty in self.priors
        )
        return Columns(
            tuple(self.columns[at] for at in used), tuple(prior for prior in priors if prior[0])
        )

    def merged(self, weights: Weights) -> Weights:
        """The same scores without the priors' features."""
        made = weights.copy()
        for at, (of_columns, penalty) in enumerate(self.priors):
            strength, made[2 * len(self.columns) + 1 + at] = weights[-len(self.priors) + at], 0.0
            made[2 * len(self.columns)] -= strength * penalty
            for column, weight in of_columns.items():
                made[column] += strength * weight
        return made


class Questions:
    """The questions of one slice: features of the candidates, and what was taken."""

    def __init__(self, cache: ScoreCache, columns: Columns) -> None:
        self.cache, self.columns = cache, columns
        self.cells = ~cache.empty
        questions = np.nonzero(self.cells)[0]
        taken = cache.relevant[self.cells]
        positives = np.maximum(np.bincount(questions, taken, len(cache.items)), 1)
        worth = np.where(cache.tail[self.cells], TAIL_WORTH, 1.0) / np.sqrt(positives[questions])
        features = columns.features(cache, self.cells)
        self.choices = Choices(features, questions, np.where(taken, worth, 0.0))

    def scores(self, weights: Weights, tail_bonus: float = 0.0) -> FloatArray:
        """(questions, width) of the candidates; other cells are never listed."""
        scores = np.tile(unlisted(self.cells.shape[1]), (len(self.cells), 1))
        scores[self.cells] = self.choices.features @ weights.astype(np.float32)
        return self.with_bonus(scores, tail_bonus)

    def with_bonus(self, scores: FloatArray, tail_bonus: float) -> FloatArray:
        """(questions, width) the scores with the bonus of the tail items."""
        return np.asarray(scores + np.float32(tail_bonus) * self.in_tail, dtype=np.float32)

    @cached_property
    def in_tail(self) -> BoolArray:
        return self.cells & ~self.cache.head

    def narrowed(self, used: NDArray[np.int64]) -> Questions:
        """The same questions with these columns alone."""
        values = [self.cache.values[at] for at in used]
        cache = replace(self.cache, values=values, scales=self.cache.scales[used])
        return Questions(cache, self.columns.narrowed(used))

    def part(self, rows: BoolArray) -> Choices:
        """The choices of some questions."""
        chosen = rows[self.choices.questions]
        known = self.choices
        return Choices(known.features[chosen], known.questions[chosen], known.worth[chosen])


def learn(choices: Sequence[Choices], columns: Columns) -> Weights:
    """(width,) the weights of the features."""
    answered = sum(len(np.unique(each.questions[each.worth > 0])) for each in choices)
    ridge = RIDGE * (1 + RIDGE_PEOPLE / max(1, answered))
    start = np.zeros(columns.width)
    start[columns.free] = 1.0
    return columns.merged(fit_weights(choices, ridge, columns.free, start))


def cross_validated(asked: Questions) -> FloatArray:
    """(questions, width) scores of every other question by weights of those between them."""
    odd = np.arange(len(asked.cells)) % 2 == 1
    by_even, by_odd = (
        asked.scores(learn([asked.part(rows)], asked.columns)) for rows in (~odd, odd)
    )
    return np.where(odd[:, None], by_even, by_odd)


def term_shares(
    weights: Weights, slices: Sequence[Questions], columns: Columns
) -> NDArray[np.float64]:
    """(columns,) how much of the differences between a person's candidates is each column's.

    Equal shares if no candidates differ.
    """
    n, moves = len(columns.columns), np.zeros(len(columns.columns))
    for each in slices:
        features = each.choices.features
        if not len(features):
            continue
        for at in range(n):
            amounts = weights[at] * features[:, at] + weights[n + at] * features[:, n + at]
            moves[at] += float(amounts.std())
    whole = float(moves.sum())
    return np.asarray(moves / whole if whole > 1e-12 else np.full(n, 1 / max(1, n)))


def as_blend(weights: Weights, columns: Columns, shares: NDArray[np.float64]) -> Blend:
    """The blend with these weights; ``shares``: (columns,) of the scores."""
    n = len(columns.columns)
    terms = tuple(
        Term(column.key, column.decay, float(weights[at]), float(weights[n + at]))
        for at, column in enumerate(columns.columns)
    )
    by_name: dict[str, float] = {}
    for column, share in zip(columns.columns, shares.tolist(), strict=True):
        name = name_of(column.key)
        by_name[name] = by_name.get(name, 0.0) + share
    params = {column.key: dict(vars_of(column)) for column in columns.columns}
    return Blend(
        weights=dict(sorted(by_name.items(), key=lambda entry: -entry[1])),
        popularity_penalty=-float(weights[2 * n]),
        params={key: own for key, own in params.items() if own},
        terms=terms,
    )


def vars_of(column: Column) -> Mapping[str, object]:
    """The parameters that the column's component was made with, where they are not the defaults."""
    default = type(column.scorer)().params
    given = column.scorer.params
    return {
        name: getattr(given, name)
        for name in given.__dataclass_fields__
        if getattr(given, name) != getattr(default, name)
    }
