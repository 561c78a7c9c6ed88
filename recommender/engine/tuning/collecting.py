"""Collect the score cache of a slice from its fitted components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recommender.engine.data.head_tail import head_of
from recommender.engine.data.types import BoolArray, FloatArray, IntArray
from recommender.engine.runtime.sparse import blocks
from recommender.engine.scorers.scales import buckets_of, inverse_scales
from recommender.engine.scorers.terms import faded
from recommender.engine.tuning.candidate_scores import Column, score_candidates, score_column
from recommender.engine.tuning.score_cache import ScoreCache
from recommender.engine.tuning.validation import Validation

BLOCK_ROWS = 256


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
