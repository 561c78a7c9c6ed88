"""What every part would have answered to the questions of a validation, kept small enough to blend a thousand times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.evaluation import head_of
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.hybrid import faded, inverse_scale
from recommender.engine.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.validation import Validation

TOP = 60
"""Each part's best items that take part in the search; a blend's best ten are among them."""

BLOCK_BYTES = 400e6


@dataclass(frozen=True)
class Option:
    """One way to use a part: parameters that differ from its defaults, and what a past item is worth of a newer one.

    ``nominates``: whether its best items take part in the search; one typical option a part is enough.
    """

    params: Mapping[str, Any] = field(default_factory=dict)
    decay: float = 1.0
    nominates: bool = True


@dataclass(frozen=True)
class Candidate:
    """A fitted part with the option that it answers for."""

    scorer: Scorer
    option: Option


@dataclass(frozen=True)
class Answers:
    """All shapes (questions, width) over the same candidates; places beyond a question's candidates are ``empty``.

    ``items``: item indices, meaningless where empty. ``values[i]``: scores of the i-th (part, option) divided by their deviation over the catalogue, 0 where it cannot
    tell. ``popularity``: log1p(people). ``head``: head items. ``relevant``, ``tail``, ``cold``: right answers, and those of them in the
    tail or without any interaction. ``wanted…``: (questions,) how many right answers there are, candidates or not.
    """

    items: IntArray
    values: list[FloatArray]
    popularity: FloatArray
    empty: BoolArray
    head: BoolArray
    relevant: BoolArray
    tail: BoolArray
    cold: BoolArray
    wanted: NDArray[np.int64]
    wanted_tail: NDArray[np.int64]
    wanted_cold: NDArray[np.int64]


def collect(validation: Validation, candidates: Sequence[Candidate]) -> Answers:
    """Ask every candidate every question, a block of questions at a time."""
    n_items, n_questions = validation.train.n_items, len(validation)
    size = int(max(8, min(500, BLOCK_BYTES / (4 * n_items * max(1, len(candidates))))))
    pieces = [
        _collect_block(validation, candidates, range(start, min(start + size, n_questions)))
        for start in range(0, n_questions, size)
    ]
    width = max(len(items) for piece in pieces for items in piece.items)
    items = np.zeros((n_questions, width), dtype=np.int32)
    empty = np.ones((n_questions, width), dtype=bool)
    values = [np.zeros((n_questions, width), dtype=np.float32) for _ in candidates]
    row = 0
    for piece in pieces:
        for at, own in enumerate(piece.items):
            items[row, : len(own)], empty[row, : len(own)] = own, False
            for target, rows in zip(values, piece.values, strict=True):
                target[row, : len(own)] = rows[at]
            row += 1
    return _judged(validation, values, items, empty)


@dataclass(frozen=True)
class _Piece:
    items: list[IntArray]
    values: list[list[FloatArray]]


def _collect_block(validation: Validation, candidates: Sequence[Candidate], rows: range) -> _Piece:
    queries = [validation.queries[row] for row in rows]
    scores = [_scaled(candidate, queries) for candidate in candidates]
    owner = np.repeat(np.arange(len(queries)), [len(query) for query in queries])
    past = np.concatenate([query.history for query in queries])
    chosen = np.zeros((len(queries), validation.train.n_items), dtype=bool)
    nominating = [part for candidate, part in zip(candidates, scores, strict=True) if candidate.option.nominates]
    for part in nominating:
        part[owner, past] = 0
        best = np.argpartition(part, -min(TOP, part.shape[1]), axis=1)[:, -TOP:]
        np.put_along_axis(chosen, best, np.take_along_axis(part, best, axis=1) > 0, axis=1)
    for at, row in enumerate(rows):
        chosen[at, validation.relevant[row]] = True
    chosen[owner, past] = False
    items = [np.flatnonzero(mine).astype(np.int32) for mine in chosen]
    return _Piece(items, [[part[at, own] for at, own in enumerate(items)] for part in scores])


def _scaled(candidate: Candidate, queries: Sequence[Query]) -> FloatArray:
    scores = candidate.scorer.score_batch([faded(query, candidate.option.decay) for query in queries])
    scale = inverse_scale(scores)
    scores = np.nan_to_num(scores, copy=False)
    scores *= scale[:, None]
    return scores


def _judged(validation: Validation, values: list[FloatArray], items: IntArray, empty: BoolArray) -> Answers:
    train = validation.train
    in_tail, is_cold = ~head_of(train), train.counts == 0
    relevant = np.zeros(items.shape, dtype=bool)
    for row, right in enumerate(validation.relevant):
        relevant[row] = np.isin(items[row], right)
    relevant &= ~empty
    return Answers(
        items=items,
        values=values,
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
