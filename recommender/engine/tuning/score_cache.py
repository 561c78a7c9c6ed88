"""Scores of every component for the validation questions, small enough to blend many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.head_tail import head_of
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.hybrid import faded, inverse_scale
from recommender.engine.tuning.validation import Validation

TOP, TOP_UNPOPULAR = 40, 15
"""Candidates of each component: its best items, and its best under each penalty of ``PRICES``."""

PRICES = (0.5, 1.0)

BLOCK_BYTES = 400e6

ComponentBits = NDArray[np.uint16]


@dataclass(frozen=True)
class Option:
    """One way to use a component: parameters that differ from its defaults, and the decay.

    ``nominates``: whether its best items become candidates; one typical option is enough.
    """

    params: Mapping[str, Any] = field(default_factory=dict)
    decay: float = 1.0
    nominates: bool = True


@dataclass(frozen=True)
class Candidate:
    """A fitted component with its option; ``part``: its position in the search."""

    scorer: Scorer
    option: Option
    part: int


@dataclass(frozen=True)
class ScoreCache:
    """Arrays (questions, width) over the candidates of each question.

    Attributes:
        items: item indices, undefined where ``empty``.
        values: scores of each (component, option), divided by their deviation over the catalogue;
            0 without a score.
        popularity: log1p(people).
        empty: padding.
        head: head items.
        brought_by: bit p is set if component p nominated the item. A blend is evaluated on the
            nominations of its own components, so that others do not choose for it.
        relevant: held-out items.
        tail: held-out items in the tail.
        cold: held-out items without interactions.
        wanted, wanted_tail, wanted_cold: (questions,) number of held-out items, also of those
            that are no candidates.
    """

    items: IntArray
    values: list[FloatArray]
    popularity: FloatArray
    empty: BoolArray
    head: BoolArray
    brought_by: ComponentBits
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

    def rows(self, chosen: slice) -> Self:
        """The cache of some questions."""
        own = {name.name: getattr(self, name.name) for name in fields(self)}
        values = [rows[chosen] for rows in own.pop("values")]
        return type(self)(values=values, **{name: rows[chosen] for name, rows in own.items()})


def collect(validation: Validation, candidates: Sequence[Candidate]) -> ScoreCache:
    """Score every question with every candidate, in blocks of questions.

    A held-out item that no component nominates is not added, because similar items are missing too.
    """
    n_items, n_questions = validation.train.n_items, len(validation)
    size = int(max(8, min(500, BLOCK_BYTES / (4 * n_items * max(1, len(candidates))))))
    pieces = [
        _collect_block(validation, candidates, range(start, min(start + size, n_questions)))
        for start in range(0, n_questions, size)
    ]
    width = max(1, max(len(items) for piece in pieces for items in piece.items))
    items = np.zeros((n_questions, width), dtype=np.int32)
    empty = np.ones((n_questions, width), dtype=bool)
    brought_by = np.zeros((n_questions, width), dtype=np.uint16)
    values = [np.full((n_questions, width), np.nan, dtype=np.float32) for _ in candidates]
    row = 0
    for piece in pieces:
        for at, own in enumerate(piece.items):
            items[row, : len(own)], empty[row, : len(own)] = own, False
            brought_by[row, : len(own)] = piece.brought_by[at]
            for target, rows in zip(values, piece.values, strict=True):
                target[row, : len(own)] = rows[at]
            row += 1
    return _with_held_out(validation, values, items, empty, brought_by)


@dataclass(frozen=True)
class _Piece:
    items: list[IntArray]
    brought_by: list[ComponentBits]
    values: list[list[FloatArray]]


def _collect_block(validation: Validation, candidates: Sequence[Candidate], rows: range) -> _Piece:
    queries = [validation.queries[row] for row in rows]
    scores = [_scaled(candidate, queries) for candidate in candidates]
    chosen = np.zeros((len(queries), validation.train.n_items), dtype=np.uint16)
    popularity = np.log1p(validation.train.counts, dtype=np.float32)
    for candidate, part in zip(candidates, scores, strict=True):
        if candidate.option.nominates:
            bit = np.uint16(1 << candidate.part)
            for mine, query, row in zip(chosen, queries, part, strict=True):
                mine[_nominated(row, query.history, popularity)] |= bit
    items = [np.flatnonzero(mine).astype(np.int32) for mine in chosen]
    bits = [mine[own] for mine, own in zip(chosen, items, strict=True)]
    return _Piece(items, bits, [[part[at, own] for at, own in enumerate(items)] for part in scores])


def _nominated(scores: FloatArray, history: IntArray, popularity: FloatArray) -> NDArray[np.int64]:
    """The best items with a score above 0, without and with penalties, except past items.

    Row by row among these: most components score few items above 0, and partitioning ties is slow.
    """
    liked = scores > 0
    liked[history] = False
    own = np.flatnonzero(liked)
    scored, known = scores[own], popularity[own]
    best = [
        _best_of(scored, TOP),
        *(_best_of(scored - price * known, TOP_UNPOPULAR) for price in PRICES),
    ]
    return own[np.concatenate(best)]


def _best_of(scores: FloatArray, n: int) -> NDArray[np.int64]:
    return np.argpartition(scores, -n)[-n:] if len(scores) > n else np.arange(len(scores))


def _scaled(candidate: Candidate, queries: Sequence[Query]) -> FloatArray:
    """Scores divided by their deviation; NaN without a score."""
    scores = candidate.scorer.score_batch(
        [faded(query, candidate.option.decay) for query in queries]
    )
    scores *= inverse_scale(scores)[:, None]
    return scores


def _with_held_out(
    validation: Validation,
    values: list[FloatArray],
    items: IntArray,
    empty: BoolArray,
    brought_by: ComponentBits,
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
        popularity=np.log1p(train.counts[items], dtype=np.float32),
        empty=empty,
        head=~in_tail[items] & ~empty,
        brought_by=brought_by,
        relevant=relevant,
        tail=relevant & in_tail[items],
        cold=relevant & is_cold[items],
        wanted=np.array([len(right) for right in validation.relevant]),
        wanted_tail=np.array([int(in_tail[right].sum()) for right in validation.relevant]),
        wanted_cold=np.array([int(is_cold[right].sum()) for right in validation.relevant]),
    )
