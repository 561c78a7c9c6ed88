"""How much of what people took next the candidates of each source hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.scorers.blend import name_of
from recommender.engine.tuning.candidate_scores import TOP, TOP_TAIL, Column
from recommender.engine.tuning.score_cache import ScoreCache


@dataclass(frozen=True)
class Recall:
    """Shares of the held-out items of all questions.

    Attributes:
        recall: among the candidates.
        tail_recall: the same of held-out items in the tail; 0 without any.
        only: held-out items that no other source names.
        candidates: mean number of candidates.
    """

    recall: float
    tail_recall: float
    only: float
    candidates: float


@dataclass(frozen=True)
class CandidateRecall:
    """``sources``: by component, with all its decays. ``union``: of all of them."""

    sources: dict[str, Recall]
    union: Recall

    def as_dict(self) -> dict[str, dict[str, dict[str, float]] | dict[str, float]]:
        return asdict(self)


def candidate_recall(cache: ScoreCache, columns: Sequence[Column]) -> CandidateRecall:
    """What the columns of the cache name, by component.

    ``columns``: those that the candidates were collected from, which may be fewer than the cache
    has: a column that came later names nothing.
    """
    named: dict[str, BoolArray] = {}
    for column, values in zip(columns, cache.values, strict=False):
        own = _named(cache, values)
        name = name_of(column.key)
        named[name] = named[name] | own if name in named else own
    often = np.sum(list(named.values()), axis=0, dtype=np.int16)
    return CandidateRecall(
        {name: _recall(cache, own, own & (often == 1)) for name, own in named.items()},
        union=_recall(cache, ~cache.empty, np.zeros_like(cache.empty)),
    )


def _recall(cache: ScoreCache, named: BoolArray, alone: BoolArray) -> Recall:
    wanted, wanted_tail = int(cache.wanted.sum()), int(cache.wanted_tail.sum())
    return Recall(
        recall=int((named & cache.relevant).sum()) / max(1, wanted),
        tail_recall=int((named & cache.tail).sum()) / max(1, wanted_tail),
        only=int((alone & cache.relevant).sum()) / max(1, wanted),
        candidates=int(named.sum()) / max(1, len(named)),
    )


def _named(cache: ScoreCache, values: FloatArray) -> BoolArray:
    """(questions, width) the candidates that a column named: its best, and its best of the tail.

    They are the best of all items, so they are the best of the candidates too. Of equal scores,
    others than these may have been named.
    """
    liked = (values > 0) & ~cache.empty
    return _best(values, liked, TOP) | _best(values, liked & ~cache.head, TOP_TAIL)


def _best(values: FloatArray, among: BoolArray, n: int) -> BoolArray:
    """(questions, width) the n highest of each row among these; the first of equal ones."""
    order: NDArray[np.int64] = np.argsort(np.where(among, -values, np.inf), axis=1, kind="stable")
    best = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(best, order[:, :n], True, axis=1)
    return best & among
