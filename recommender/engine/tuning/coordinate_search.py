"""Coordinate search over blends: one weight, one option or the popularity penalty at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.runtime.sparse import blocks
from recommender.engine.tuning.score_cache import ScoreCache

WEIGHTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
PENALTIES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
TAIL_PLACES = (0, 1, 2, 3, 4, 5)
SWEEPS = 5
LEAST_GAIN = 0.003
"""Smallest relative gain of a move; smaller gains are noise of the slice."""

SKETCHED = 1000
"""With at least twice as many questions, moves are tried on so many first; the best few on all."""

FINALISTS = 3

DEPTHS = (10, 30)
"""NDCG is averaged over both depths: the deeper one has more hits, so it is less noisy."""

LOWEST, LISTED = np.float32(-1e30), np.float32(-1e29)
"""Scores of items outside all lists are at most the first; all others are above the second."""

BLOCK_ROWS = 256


@dataclass(frozen=True)
class Mix:
    """``weights[p]`` and ``options[p]``: a component's weight and column of ``ScoreCache.values``.

    ``tail_places``: positions of ten that are reserved for tail items.
    """

    weights: tuple[float, ...]
    options: tuple[int, ...]
    penalty: float = 0.0
    tail_places: int = 0

    def with_weight(self, part: int, weight: float) -> Mix:
        return replace(self, weights=(*self.weights[:part], weight, *self.weights[part + 1 :]))

    def with_option(self, part: int, option: int) -> Mix:
        return replace(self, options=(*self.options[:part], option, *self.options[part + 1 :]))


@dataclass(frozen=True)
class Figures:
    """``ndcg``: mean over the depths, the objective. Recalls are at 10; 0 without such items.

    ``breadth``: distinct items in the lists, per position.
    """

    ndcg: float
    ndcg_at_10: float
    tail_recall: float
    cold_recall: float
    breadth: float


Value = Callable[[Figures], float]


@dataclass(frozen=True)
class Climb:
    """``mixes``: the start, then the result of each step."""

    name: str
    mixes: list[Mix]


class Search:
    """Search among blends on one score cache.

    ``columns[p]``: the columns of ``score_cache.values`` that component p may use. ``climbs``: the
    path, in order of time. ``known``: figures of every evaluated blend. ``sketched``: questions on
    which moves are tried first.
    """

    def __init__(
        self, score_cache: ScoreCache, columns: Sequence[Sequence[int]], sketched: int = SKETCHED
    ) -> None:
        self.score_cache = score_cache
        self.columns = columns
        self.climbs: list[Climb] = []
        self.known: dict[Mix, Figures] = {}
        every = len(score_cache.items) // sketched
        self._sketch = (
            Search(score_cache.rows(slice(None, None, every)), columns) if every >= 2 else None
        )

    def figures(self, mix: Mix) -> Figures:
        if mix not in self.known:
            self.known[mix] = figures_of(self.score_cache, self.total(mix), mix.tail_places)
        return self.known[mix]

    def climb(
        self,
        start: Mix,
        value: Value,
        *,
        places: bool = False,
        sweeps: int = SWEEPS,
        name: str = "climb",
    ) -> Mix:
        """Move to the best neighbour, coordinate by coordinate, until a sweep gains nothing.

        ``places``: whether positions may be reserved for the tail, which never gains NDCG.
        ``name``: in ``climbs``.
        """
        best, best_value = start, value(self.figures(start))
        self.climbs.append(Climb(name, [start]))
        for _ in range(sweeps):
            before = best
            for coordinate in range(len(self.columns) + 1 + places):
                found = max(
                    self._likely(best, coordinate, value), key=lambda mix: value(self.figures(mix))
                )
                if value(self.figures(found)) > best_value + LEAST_GAIN * abs(best_value):
                    best, best_value = found, value(self.figures(found))
                    self.climbs[-1].mixes.append(found)
            if best == before:
                break
        return best

    def _likely(self, mix: Mix, coordinate: int, value: Value) -> list[Mix]:
        """The moves that may be the best; with many questions, the best few on a sketch of them."""
        moves = list(dict.fromkeys(self._moves(mix, coordinate)))
        sketch = self._sketch
        if sketch is None:
            return moves
        known, sketched = astuple(self.figures(mix)), astuple(sketch.figures(mix))
        # scale the sketch's figures: its bias is about the same for neighbouring blends
        scales = [
            all_of_them / some if some else 1.0
            for all_of_them, some in zip(known, sketched, strict=True)
        ]

        def estimated(move: Mix) -> float:
            figures = astuple(sketch.figures(move))
            return value(
                Figures(*(figure * scale for figure, scale in zip(figures, scales, strict=True)))
            )

        return sorted(moves, key=estimated, reverse=True)[:FINALISTS]

    def _moves(self, mix: Mix, coordinate: int) -> Iterator[Mix]:
        if coordinate == len(self.columns):
            yield from (replace(mix, penalty=penalty) for penalty in PENALTIES)
            return
        if coordinate == len(self.columns) + 1:
            # together: below popular head items a penalty changes only the tail's positions
            pairs = product(TAIL_PLACES, sorted({mix.penalty, *PENALTIES}))
            yield from (
                replace(mix, tail_places=places, penalty=penalty) for places, penalty in pairs
            )
            return
        others = sum(mix.weights) - mix.weights[coordinate]
        if mix.weights[coordinate]:
            yield from (mix.with_option(coordinate, option) for option in self.columns[coordinate])
            yield from (
                mix.with_weight(coordinate, weight) for weight in WEIGHTS if weight or others
            )
            return
        for option in self.columns[coordinate]:
            yield from (
                mix.with_option(coordinate, option).with_weight(coordinate, weight)
                for weight in (0.2, 0.5, 1.0)
            )

    def total(self, mix: Mix) -> FloatArray:
        """(n, candidates) scores of the blend, in blocks that fit into the processor's cache."""
        own = [
            (np.float32(weight), column)
            for weight, column in zip(mix.weights, mix.options, strict=True)
            if weight
        ]
        used = sum(1 << part for part, weight in enumerate(mix.weights) if weight)
        total = np.empty_like(self.score_cache.popularity)
        nothing = unlisted(total.shape[1])
        for rows in blocks(len(total), BLOCK_ROWS):
            sums = np.multiply(
                self.score_cache.popularity[rows], -np.float32(mix.penalty), out=total[rows]
            )
            for weight, column in own:
                sums += weight * self.score_cache.values[column][rows]
            np.copyto(
                sums, nothing, where=(self.score_cache.brought_by[rows] & np.uint16(used)) == 0
            )
        return total


def unlisted(width: int) -> FloatArray:
    """(width,) scores of items outside all lists; distinct, because partitioning ties is slow."""
    return np.asarray(LOWEST * (1 + np.arange(width) / width), dtype=np.float32)


def figures_of(score_cache: ScoreCache, scores: FloatArray, tail_places: int = 0) -> Figures:
    """Figures of the lists by these scores; ``tail_places`` of the first ten go to tail items."""
    short, long = DEPTHS
    deep = Ranks(score_cache, scores, long)
    listed = (
        deep
        if not tail_places
        else Ranks(score_cache, reserve_tail_places(score_cache, scores, tail_places), short)
    )
    at = [listed.ndcg(short), deep.ndcg(long)]
    if tail_places:  # the deeper NDCG loses the same share as the one at ten
        at[1] *= at[0] / max(1e-12, deep.ndcg(short))
    return Figures(
        ndcg=float(np.mean(at)),
        ndcg_at_10=at[0],
        tail_recall=listed.recall(score_cache.tail, score_cache.wanted_tail, short),
        cold_recall=listed.recall(score_cache.cold, score_cache.wanted_cold, short),
        breadth=listed.breadth(short),
    )


class Ranks:
    """Ranks of the relevant items, for the figures; much faster than whole lists.

    ``ranks`` (n,): from 0 on; the mean rank of ties; inf below the first ``n``.
    """

    def __init__(self, score_cache: ScoreCache, scores: FloatArray, n: int) -> None:
        self.score_cache, self.scores = score_cache, scores
        self.rows, self.columns = score_cache.right
        n = min(n, scores.shape[1])
        self.best: FloatArray = np.partition(scores, -n, axis=1)[:, -n:]
        values = scores[self.rows, self.columns]
        reached = np.flatnonzero((values >= self.best[self.rows, 0]) & (values > LISTED))
        rivals, own = self.best[self.rows[reached]], values[reached, None]
        self.ranks = np.full(len(values), np.inf)
        self.ranks[reached] = (rivals > own).sum(axis=1) + ((rivals == own).sum(axis=1) - 1) / 2

    def ndcg(self, k: int) -> float:
        listed = self.ranks < k
        gains = np.bincount(
            self.rows[listed], 1 / np.log2(self.ranks[listed] + 2), len(self.score_cache.wanted)
        )
        ideal = np.cumsum(1 / np.log2(np.arange(2, k + 2)))[
            np.minimum(k, self.score_cache.wanted) - 1
        ]
        return float((gains / ideal).mean())

    def recall(self, of: BoolArray, wanted: NDArray[np.int64], k: int) -> float:
        """Recall of the relevant items in ``of``; 0 if there are none."""
        asked = wanted > 0
        if not asked.any():
            return 0.0
        hits = np.bincount(
            self.rows[(self.ranks < k) & of[self.rows, self.columns]], minlength=len(wanted)
        )
        return float((hits[asked] / np.minimum(k, wanted[asked])).mean())

    def breadth(self, k: int) -> float:
        k = min(k, self.best.shape[1])
        least = np.partition(self.best, -k, axis=1)[:, -k]
        listed = self.score_cache.items[self.scores >= np.maximum(least, LISTED)[:, None]]
        return int(np.count_nonzero(np.bincount(listed))) / max(1, len(listed))


def reserve_tail_places(score_cache: ScoreCache, scores: FloatArray, places: int) -> FloatArray:
    """Scores that reserve ``places`` of the first ten for tail items: other head items lose theirs.

    The lists are those of the re-ranking stage for the minimum tail share.
    """
    allowed = DEPTHS[0] - places
    if not places or allowed >= scores.shape[1]:
        return scores
    nothing = unlisted(scores.shape[1])
    of_head = np.where(score_cache.head, scores, nothing)
    least = np.partition(of_head, -allowed, axis=1)[:, -allowed, None]
    return np.where(score_cache.head & (scores < least), nothing, scores)
