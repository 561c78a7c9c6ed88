"""Scores of every component for the candidates of the questions of a slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.head_tail import head_of
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.sparse import blocks
from recommender.engine.scorers.scales import buckets_of, inverse_scales
from recommender.engine.scorers.terms import faded
from recommender.engine.tuning.candidate_scores import Column, score_candidates, score_column
from recommender.engine.tuning.validation import Validation

BLOCK_ROWS = 256

LOWEST, LISTED = np.float32(-1e30), np.float32(-1e29)
"""Scores of items outside all lists are at most the first; all others are above the second."""


@dataclass(frozen=True)
class Option:
    """One way to use a component: parameters that differ from its defaults, and the decay.

    ``variant``: tells apart the options of a component that are fitted with other parameters.
    """

    decay: float = 1.0
    variant: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreCache:
    """Arrays (questions, width) over the candidates of each question.

    Attributes:
        items: item indices, undefined where ``empty``.
        values: scores of each column, divided by their typical deviation for a history of that
            length; 0 without a score.
        scales: (columns, BUCKETS) constants of the scales, as ``Hybrid`` has them.
        popularity: log1p(people).
        empty: padding.
        head: head items.
        relevant: held-out items.
        tail: held-out items in the tail.
        cold: held-out items without interactions.
        wanted, wanted_tail, wanted_cold: (questions,) number of held-out items, also of those
            that are no candidates.
    """

    items: IntArray
    values: list[FloatArray]
    scales: FloatArray
    popularity: FloatArray
    empty: BoolArray
    head: BoolArray
    relevant: BoolArray
    tail: BoolArray
    cold: BoolArray
    wanted: NDArray[np.int64]
    wanted_tail: NDArray[np.int64]
    wanted_cold: NDArray[np.int64]

    @cached_property
    def right(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the held-out items."""
        rows, columns = np.nonzero(self.relevant)
        return rows, columns


def collect(validation: Validation, columns: Sequence[Column]) -> ScoreCache:
    """Score the candidates of every question with every column."""
    n_questions = len(validation)
    pieces = list(score_candidates(validation, columns))
    width = max(1, max((len(items) for piece in pieces for items in piece.items), default=1))
    items = np.zeros((n_questions, width), dtype=np.int32)
    empty = np.ones((n_questions, width), dtype=bool)
    values = [np.zeros((n_questions, width), dtype=np.float32) for _ in columns]
    row = 0
    for piece in pieces:
        for at, own in enumerate(piece.items):
            items[row, : len(own)], empty[row, : len(own)] = own, False
            for target, rows in zip(values, piece.values, strict=True):
                target[row, : len(own)] = rows[at]
            row += 1
    deviations = zip(*(piece.deviations for piece in pieces), strict=True)
    scales = [
        _scale(validation, column, target, np.concatenate(own))
        for column, target, own in zip(columns, values, deviations, strict=True)
    ]
    return _with_held_out(validation, values, np.stack(scales), items, empty)


def with_column(score_cache: ScoreCache, validation: Validation, column: Column) -> ScoreCache:
    """The cache with one more column, which nominates nothing."""
    values = np.zeros(score_cache.items.shape, dtype=np.float32)
    deviations = np.zeros(len(validation), dtype=np.float32)
    for rows in blocks(len(validation), BLOCK_ROWS):
        scores, deviations[rows] = score_column(validation, column, score_cache.items, rows)
        values[rows] = np.nan_to_num(scores)
    scales = np.vstack([score_cache.scales, _scale(validation, column, values, deviations)])
    values[score_cache.empty] = 0
    return replace(score_cache, values=[*score_cache.values, values], scales=scales)


def _scale(
    validation: Validation, column: Column, values: FloatArray, deviations: FloatArray
) -> FloatArray:
    """Scale the (questions, width) scores of a column in place.

    Returns:
        (BUCKETS,) the constants, by length of the history.
    """
    queries = [faded(query, column.decay) for query in validation.queries]
    spreads = np.array(list(map(column.scorer.spread, queries)), dtype=np.float32)
    lengths = list(map(len, queries))
    scales = inverse_scales(deviations / spreads, lengths)
    values *= (scales[buckets_of(lengths)] / spreads)[:, None]
    return scales


def _with_held_out(
    validation: Validation,
    values: list[FloatArray],
    scales: FloatArray,
    items: IntArray,
    empty: BoolArray,
) -> ScoreCache:
    train = validation.train
    in_tail, is_cold = ~head_of(train), train.counts == 0
    relevant = np.zeros(items.shape, dtype=bool)
    for row, right in enumerate(validation.relevant):
        relevant[row] = np.isin(items[row], right)
    relevant &= ~empty
    return ScoreCache(
        items=items,
        values=[np.nan_to_num(rows) for rows in values],
        scales=scales,
        popularity=np.log1p(train.counts[items], dtype=np.float32),
        empty=empty,
        head=~in_tail[items] & ~empty,
        relevant=relevant,
        tail=relevant & in_tail[items],
        cold=relevant & is_cold[items],
        wanted=np.array([len(right) for right in validation.relevant]),
        wanted_tail=np.array([int(in_tail[right].sum()) for right in validation.relevant]),
        wanted_cold=np.array([int(is_cold[right].sum()) for right in validation.relevant]),
    )


def unlisted(width: int) -> FloatArray:
    """(width,) scores of items outside all lists; distinct, because partitioning ties is slow."""
    return np.asarray(LOWEST * (1 + np.arange(width) / width), dtype=np.float32)
