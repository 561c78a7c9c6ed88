"""Candidates of the questions of a slice, and what every component scores them.

In a large catalogue each component names its candidates, as it does in lists, and only those are
scored. A smaller one is scored as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.head_tail import head_of
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.runtime.block_executor import current_executor
from recommender.engine.runtime.part_done import part_done
from recommender.engine.runtime.positions import distinct
from recommender.engine.runtime.size import is_large
from recommender.engine.runtime.sparse import blocks
from recommender.engine.scorers.base import Scorer
from recommender.engine.scorers.scales import deviation_of, deviations_of
from recommender.engine.scorers.terms import NAMING_DECAY, faded
from recommender.engine.tuning.validation import Validation

TOP, TOP_TAIL = 40, 20
"""Candidates of each column: its best items, and its best tail items."""

NAMED, NAMED_TAIL = 60, 30
"""Candidates of each component of a large catalogue, for all its decays together."""

BLOCK_BYTES, MOST_ROWS = 400e6, 500

DEVIATION_PEOPLE = 200
"""Questions whose scores over a large catalogue give the scales."""


@dataclass(frozen=True)
class Column:
    """A fitted component with the decay it is asked with; ``key``: as in ``Blend``."""

    key: str
    decay: float
    scorer: Scorer


@dataclass(frozen=True)
class Scored:
    """The candidates of some questions.

    Attributes:
        items: of each question, ascending.
        values: by column, of each question, the scores of its candidates; NaN without a score.
        deviations: by column, (questions,) of the scores over the catalogue; NaN = not asked.
    """

    items: list[IntArray]
    values: list[list[FloatArray]]
    deviations: list[FloatArray] = field(default_factory=list)


def score_candidates(validation: Validation, columns: Sequence[Column]) -> Iterator[Scored]:
    """Block after block of the questions.

    A held-out item that no column names is not added, because similar items are missing too.
    """
    n_items, n_questions = validation.train.n_items, len(validation)
    if is_large(n_items):
        of_block, size = _score_named, MOST_ROWS
    else:
        fits = BLOCK_BYTES / (4 * n_items * max(1, len(columns)))
        of_block, size = _score_all, int(max(8, min(MOST_ROWS, fits)))
    questions = [range(block.start, block.stop) for block in blocks(n_questions, size)]
    make = partial(of_block, validation, columns)
    return current_executor().map_blocks(make, questions)


def score_column(
    validation: Validation, column: Column, items: IntArray, rows: slice
) -> tuple[FloatArray, FloatArray]:
    """(questions, width) scores of a column for candidates that are known, and the deviations."""
    queries = validation.queries[rows]
    if not is_large(validation.train.n_items):
        scores = scores_by(column, queries)
        return np.take_along_axis(scores, items[rows], axis=1), deviations_of(scores)
    found = [
        column.scorer.score(faded(query, column.decay), own)
        for query, own in zip(queries, items[rows], strict=True)
    ]
    deviations = [_deviation(validation, column, row) for row in range(rows.start, rows.stop)]
    return np.stack(found), np.array(deviations, dtype=np.float32)


def scores_by(column: Column, queries: Sequence[Query]) -> FloatArray:
    """(queries, n_items) scores; NaN without a score."""
    return column.scorer.score_batch([faded(query, column.decay) for query in queries])


def _score_all(validation: Validation, columns: Sequence[Column], rows: range) -> Scored:
    queries = [validation.queries[row] for row in rows]
    scores = [scores_by(column, queries) for column in columns]
    chosen = np.zeros((len(queries), validation.train.n_items), dtype=bool)
    tail = np.flatnonzero(~head_of(validation.train))
    for of_column in scores:
        for mine, query, row in zip(chosen, queries, of_column, strict=True):
            mine[_best(row, query.history, tail, validation.later)] = True
    items = [np.flatnonzero(mine).astype(np.int32) for mine in chosen]
    values = [[part[at, own] for at, own in enumerate(items)] for part in scores]
    part_done()
    return Scored(items, values, list(map(deviations_of, scores)))


def _best(
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


def _score_named(validation: Validation, columns: Sequence[Column], rows: range) -> Scored:
    head, later = head_of(validation.train), validation.later
    may = np.ones(len(head), dtype=bool) if later is None else ~later
    by_scorer = _by_scorer(columns)
    made = Scored([], [[] for _ in columns])
    for row in rows:
        query = validation.queries[row]
        queries = {column.decay: faded(query, column.decay) for column in columns}
        was_open = may[query.history]
        may[query.history] = False
        wanted, naming = Nomination(NAMED, NAMED_TAIL, head, may), faded(query, NAMING_DECAY)
        named = [scorer.named(naming, wanted) for scorer, _places in by_scorer.values()]
        may[query.history] = was_open
        items = np.sort(distinct(np.concatenate(named), len(head)))
        made.items.append(items)
        for scorer, places in by_scorer.values():
            asked = [queries[columns[at].decay] for at in places]
            for at, scores in zip(places, scorer.score_reweighted(asked, items), strict=True):
                made.values[at].append(scores)
        part_done()
    made.deviations.extend(
        np.array([_deviation(validation, column, row) for row in rows], dtype=np.float32)
        for column in columns
    )
    return made


def _by_scorer(columns: Sequence[Column]) -> Mapping[int, tuple[Scorer, list[int]]]:
    """The columns of each scorer: they differ in the weights of past items alone."""
    found: dict[int, tuple[Scorer, list[int]]] = {}
    for at, column in enumerate(columns):
        found.setdefault(id(column.scorer), (column.scorer, []))[1].append(at)
    return found


def _deviation(validation: Validation, column: Column, row: int) -> float:
    """NaN for questions that are not asked: a typical deviation needs some of them."""
    step = max(1, len(validation) // DEVIATION_PEOPLE)
    if row % step:
        return np.nan
    query = faded(validation.queries[row], column.decay)
    return deviation_of(column.scorer, query, validation.train.n_items)
