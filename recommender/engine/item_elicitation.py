"""Preference elicitation for a new user: choose the few items that reveal most.

The answer "this is for me" is evidence for an item and for the items near it. The chosen items
together are near as much as possible of what people chose, so that one question fits every taste.
The most popular items do this badly: they are similar to each other, and everybody likes them.

Source: choosing representatives as a facility location problem, greedy within 1 - 1/e of the best
(Nemhauser, Wolsey, Fisher 1978); representatives as questions to new users: Liu, Meng, Liu, Yang
2011, Wisdom of the better few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.errors import DataError
from recommender.engine.data.nomination import Nomination
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.pipeline import Recommender
from recommender.engine.runtime.positions import distinct
from recommender.engine.runtime.size import is_large

CANDIDATES = 400
"""Items considered as questions, evenly spread along the popularity curve: each costs one query."""

FEWEST = 2
"""Fewest people who chose an item that may be a question: a model knows little about the others."""

NEAR = 60
"""Items that an answer is evidence for; the evidence falls with the rank."""

MOST_HEAD = 0.5
"""Largest share of the questions that are head items."""

DAMPING = 0.75
"""Exponent on the number of people, so that less popular items count too."""

NAMED = 300
"""Items of a large catalogue that each source names for an answer."""


@dataclass(frozen=True)
class Questions:
    """``items``: item indices to ask about, the most revealing first.

    ``reach``: how near they are to what people chose, 0 … 1. ``popular_reach``: the same for as
    many of the most popular items.
    """

    items: IntArray
    reach: float
    popular_reach: float


def questions(recommender: Recommender, n: int, allowed: BoolArray | None = None) -> Questions:
    """The ``n`` most revealing items, or fewer if there are no more. Deterministic.

    Args:
        allowed: (n_items,) mask of the items that may be questions; None = all.

    Raises:
        DataError: if ``n`` is below 1 or the mask has another length.
    """
    if n < 1:
        raise DataError(f"n: {n} is less than 1")
    mask = np.ones(recommender.n_items, dtype=bool) if allowed is None else allowed
    if len(mask) != recommender.n_items:
        raise DataError(f"allowed: {len(mask)} entries for {recommender.n_items} items")
    counts = np.asarray(recommender.counts, dtype=np.float64)
    by_people = np.argsort(-counts, kind="stable")
    eligible = by_people[mask[by_people] & (counts[by_people] >= FEWEST)]
    if not len(eligible):
        eligible = by_people[mask[by_people]]
    popular = eligible[:n]
    spread = np.union1d(eligible[:: max(1, -(-len(eligible) // CANDIDATES))], popular)
    candidates: IntArray = spread[np.argsort(-counts[spread], kind="stable")].astype(np.int32)
    near = nearness(recommender, candidates)
    used = np.unique(near.indices)  # items that are near to none are as many as the catalogue
    near, counts = near[:, used].toarray(), counts[used]
    demand = np.maximum(counts, 0.5) ** DAMPING
    chosen = _greedy(near * demand, recommender.head[candidates], n)
    people = np.maximum(counts, 0.0) / max(1.0, recommender.counts.sum())
    reach = [
        float(near[rows].max(axis=0, initial=0.0) @ people)
        for rows in (chosen, np.isin(candidates, popular))
    ]
    return Questions(candidates[chosen], *reach)


def nearness(recommender: Recommender, items: IntArray) -> sp.csr_matrix:
    """(len(items), n_items) how near every item is to each of ``items``.

    1 for the item itself, less by rank for its nearest items, 0 for all others.
    """
    by_rank = 1 / np.log2(np.arange(NEAR) + 3)
    near = sp.lil_matrix((len(items), recommender.n_items), dtype=np.float32)
    for row, item in enumerate(items.tolist()):
        others, scores = _scored(recommender, item)
        scores[others == item] = np.nan
        best = others[_best(scores, NEAR, recommender.n_items - len(others))]
        near[row, best] = by_rank[: len(best)]
        near[row, item] = 1.0
    return sp.csr_matrix(near)


def _scored(recommender: Recommender, item: int) -> tuple[IntArray, FloatArray]:
    """Items and their scores after a history of this item: all, or of a large catalogue some."""
    scorer, query, n_items = recommender.scorer, Query.of([item]), recommender.n_items
    if not is_large(n_items):
        return np.arange(n_items, dtype=np.int32), scorer.score(query).copy()
    every = Nomination(NAMED, 0, np.ones(n_items, dtype=bool))
    others = np.sort(distinct(scorer.named(query, every), n_items))
    return others, scorer.score(query, others)


def _best(scores: FloatArray, n: int, others: int) -> NDArray[np.intp]:
    """Up to ``n`` indices with a score above the mean, best first; ties by index.

    ``others``: how many more items there are, whose scores are 0.
    """
    finite = np.isfinite(scores)
    if not finite.any():
        return np.flatnonzero([])
    mean = scores.sum(where=finite) / (finite.sum() + others)
    above = np.flatnonzero(finite & (scores > mean))
    if len(above) > n:
        above = above[np.argpartition(-scores[above], n - 1)[:n]]
    return above[np.lexsort((above, -scores[above]))]


def _greedy(gain: NDArray[np.float64], head: BoolArray, n: int) -> list[int]:
    """Rows that together cover most, chosen one by one; head items up to ``MOST_HEAD``."""
    covered, chosen = np.zeros(gain.shape[1]), list[int]()
    open_rows, head_left = np.ones(len(gain), dtype=bool), int(n * MOST_HEAD)
    while len(chosen) < n and open_rows.any():
        tail_only = head_left <= 0 and (open_rows & ~head).any()
        rows = np.flatnonzero(open_rows & ~head if tail_only else open_rows)
        best = rows[_most_added(gain, rows, covered)]
        chosen.append(int(best))
        open_rows[best] = False
        head_left -= int(head[best])
        covered = np.maximum(covered, gain[best])
    return chosen


def _most_added(
    gain: NDArray[np.float64], rows: Sequence[int] | NDArray[np.intp], covered: NDArray[np.float64]
) -> int:
    added = [float(np.maximum(gain[row] - covered, 0.0).sum()) for row in rows]
    return int(np.argmax(added))
