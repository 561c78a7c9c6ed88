"""Scores of every component for the candidates of the questions of a slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.head_tail import head_of
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.runtime.part_done import part_done
from recommender.engine.runtime.sparse import blocks
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.scales import buckets_of, deviations_of, inverse_scales
from recommender.engine.scorers.terms import faded
from recommender.engine.tuning.validation import Validation

TOP, TOP_TAIL = 40, 20
"""Candidates of each column: its best items, and its best tail items."""

BLOCK_BYTES = 400e6
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
class Column:
    """A fitted component with the decay it is asked with; ``key``: as in ``Blend``."""

    key: str
    decay: float
    scorer: Scorer


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
    """Score every question with every column, in blocks of questions.

    A held-out item that no column nominates is not added, because similar items are missing too.
    """
    n_items, n_questions = validation.train.n_items, len(validation)
    size = int(max(8, min(500, BLOCK_BYTES / (4 * n_items * max(1, len(columns))))))
    pieces = [
        _collect_block(validation, columns, range(start, min(start + size, n_questions)))
        for start in range(0, n_questions, size)
    ]
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
        scores = scores_by(column, validation.queries[rows])
        deviations[rows] = deviations_of(scores)
        values[rows] = np.take_along_axis(np.nan_to_num(scores), score_cache.items[rows], axis=1)
    scales = np.vstack([score_cache.scales, _scale(validation, column, values, deviations)])
    values[score_cache.empty] = 0
    return replace(score_cache, values=[*score_cache.values, values], scales=scales)


@dataclass(frozen=True)
class _Piece:
    """``values``: by column, of each question. ``deviations``: by column, (questions,)."""

    items: list[IntArray]
    values: list[list[FloatArray]]
    deviations: list[FloatArray]


def _collect_block(validation: Validation, columns: Sequence[Column], rows: range) -> _Piece:
    queries = [validation.queries[row] for row in rows]
    scores = [scores_by(column, queries) for column in columns]
    chosen = np.zeros((len(queries), validation.train.n_items), dtype=bool)
    tail = np.flatnonzero(~head_of(validation.train))
    for of_column in scores:
        for mine, query, row in zip(chosen, queries, of_column, strict=True):
            mine[_nominated(row, query.history, tail, validation.later)] = True
    items = [np.flatnonzero(mine).astype(np.int32) for mine in chosen]
    values = [[part[at, own] for at, own in enumerate(items)] for part in scores]
    part_done()
    return _Piece(items, values, list(map(deviations_of, scores)))


def _nominated(
    scores: FloatArray, history: IntArray, tail: NDArray[np.int64], later: BoolArray | None
) -> NDArray[np.int64]:
    """The best items with a score above 0, and the best of the tail, except past and later items.

    Row by row among these: most components score few items above 0, and partitioning ties is slow.
    """
    liked = scores > 0
    liked[history] = False
    if later is not None:
        liked &= ~later
    own, of_tail = np.flatnonzero(liked), tail[liked[tail]]
    return np.concatenate(
        [own[_best_of(scores[own], TOP)], of_tail[_best_of(scores[of_tail], TOP_TAIL)]]
    )


def _best_of(scores: FloatArray, n: int) -> NDArray[np.int64]:
    return np.argpartition(scores, -n)[-n:] if len(scores) > n else np.arange(len(scores))


def scores_by(column: Column, queries: Sequence[Query]) -> FloatArray:
    """(queries, n_items) scores; NaN without a score."""
    return column.scorer.score_batch([faded(query, column.decay) for query in queries])


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
