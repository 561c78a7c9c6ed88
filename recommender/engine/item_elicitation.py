"""What to ask somebody of whom nothing is known: the few items that together tell most.

An answer "this is for me" speaks of an item and of what the model holds near it. Asked are the items that together are
near to as much as possible of what people chose: whatever somebody is after, one of the questions is about it. Most
popular items do that badly, because they are alike and because everybody says yes to them.

Source: the choice of representatives as a facility location problem, greedy within 1 - 1/e of the best (Nemhauser,
Wolsey, Fisher 1978); representatives as questions to newcomers: Liu, Meng, Liu, Yang 2011, Wisdom of the better few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import BoolArray, FloatArray, IntArray, Query
from recommender.engine.pipeline import Recommender

CANDIDATES = 400
"""Items that may be asked about, evenly along the popularity curve: each costs one scored query."""

FEWEST = 2
"""People who must have chosen an item before it is asked about: of what nobody met, the model holds little."""

NEAR = 60
"""Items that an answer speaks of, less and less by rank."""

MOST_HEAD = 0.5
"""Share of the questions that may be about well-known items."""

DAMPING = 0.75
"""Exponent on the number of people: what few chose counts, too."""

BLOCK = 64


@dataclass(frozen=True)
class Questions:
    """``items``: what to ask about, what tells most first. ``reach``: how near they are to what people chose, 0 … 1,
    and ``popular_reach``: how near as many of the most popular items would be."""

    items: IntArray
    reach: float
    popular_reach: float


def questions(recommender: Recommender, n: int, allowed: BoolArray | None = None) -> Questions:
    """The ``n`` items that tell most, or as many as there are; the same for the same model.

    Args:
        allowed: (n_items,) what may be asked about; None = everything.

    Raises:
        DataError: for a number of questions below 1, or a mask of another length.
    """
    if n < 1:
        raise DataError(f"n: {n} is less than 1")
    may = np.ones(recommender.n_items, dtype=bool) if allowed is None else allowed
    if len(may) != recommender.n_items:
        raise DataError(f"allowed: {len(may)} entries for {recommender.n_items} items")
    counts = np.asarray(recommender.counts, dtype=np.float64)
    by_people = np.argsort(-counts, kind="stable")
    asked = by_people[may[by_people] & (counts[by_people] >= FEWEST)]
    if not len(asked):
        asked = by_people[may[by_people]]
    popular = asked[:n]
    spread = np.union1d(asked[:: max(1, -(-len(asked) // CANDIDATES))], popular)
    candidates: IntArray = spread[np.argsort(-counts[spread], kind="stable")].astype(np.int32)
    near = nearness(recommender, candidates)
    wanted = np.maximum(counts, 0.5) ** DAMPING
    chosen = _greedy(near * wanted, recommender.head[candidates], n)
    people = np.maximum(counts, 0.0) / max(1.0, counts.sum())
    reach = [
        float(near[rows].max(axis=0, initial=0.0) @ people)
        for rows in (chosen, np.isin(candidates, popular))
    ]
    return Questions(candidates[chosen], *reach)


def nearness(recommender: Recommender, items: IntArray) -> FloatArray:
    """(len(items), n_items) what a yes to each item says of every other: 1 of itself, less by rank, 0 of the far."""
    near = np.zeros((len(items), recommender.n_items), dtype=np.float32)
    by_rank = 1 / np.log2(np.arange(NEAR) + 3)
    for start in range(0, len(items), BLOCK):
        block = items[start : start + BLOCK]
        scores = recommender.scorer.score_batch([Query.of([item]) for item in block])
        scores[np.arange(len(block)), block] = np.nan
        for row, told in enumerate(scores, start):
            best = _best(told, NEAR)
            near[row, best] = by_rank[: len(best)]
            near[row, items[row]] = 1.0
    return near


def _best(scores: FloatArray, n: int) -> NDArray[np.intp]:
    """The ``n`` highest above the mean of what can be told, best first; equal ones in their order."""
    can_tell = np.isfinite(scores)
    known = (
        np.flatnonzero(can_tell & (scores > scores.mean(where=can_tell)))
        if can_tell.any()
        else np.flatnonzero([])
    )
    if len(known) > n:
        known = known[np.argpartition(-scores[known], n - 1)[:n]]
    return known[np.lexsort((known, -scores[known]))]


def _greedy(gain: NDArray[np.float64], head: BoolArray, n: int) -> list[int]:
    """Rows that together cover most, one after the other; well-known ones as far as their share goes."""
    covered, chosen = np.zeros(gain.shape[1]), list[int]()
    open_rows, head_left = np.ones(len(gain), dtype=bool), int(n * MOST_HEAD)
    while len(chosen) < n and open_rows.any():
        may = open_rows & ~head if head_left <= 0 and (open_rows & ~head).any() else open_rows
        rows = np.flatnonzero(may)
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
