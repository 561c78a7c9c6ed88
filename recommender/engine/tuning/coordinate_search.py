"""Coordinate search over blends: one part's weight, one part's option, or the popularity penalty at a time."""

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
"""A move must gain so much of the figure, relatively: smaller gains are noise of the slice."""

SKETCHED = 1000
"""Questions on which moves are tried first, where there are twice as many: the best few are then asked all of them."""

FINALISTS = 3

DEPTHS = (10, 30)
"""NDCG is averaged over both: the deeper one sees three times as many hits, so it is steadier."""

LOWEST, LISTED = np.float32(-1e30), np.float32(-1e29)
"""Scores of what no list holds lie at the first and below; those of all others above the second."""

BLOCK_ROWS = 256


@dataclass(frozen=True)
class Mix:
    """``weights[p]`` and ``options[p]``: a part's weight and which of its columns of ``ScoreCache.values`` it uses.

    ``tail_places``: places of ten that are kept for tail items.
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
    """``ndcg``: mean over the depths, what is searched for. Recalls are at 10, 0 without such answers.

    ``breadth``: different items in the lists, per place.
    """

    ndcg: float
    ndcg_at_10: float
    tail_recall: float
    cold_recall: float
    breadth: float


Value = Callable[[Figures], float]


@dataclass(frozen=True)
class Climb:
    """``mixes``: the start, then where each step led."""

    name: str
    mixes: list[Mix]


class Search:
    """Blends judged on one set of answers. ``columns[p]``: the columns of ``score_cache.values`` that part p may use.

    ``climbs``: how the search went, in the order of time; ``known``: the figures of every blend it judged.
    ``sketched``: questions on which moves are tried first.
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
            self.known[mix] = judge(self.score_cache, self.total(mix), mix.tail_places)
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
        """The best neighbour again and again, coordinate by coordinate, until a sweep gains nothing.

        ``places``: whether places may be kept for the tail, which never gains NDCG. ``name``: in ``climbs``.
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
        """The moves that may be the best: where there are many questions, the best few on some of them."""
        moves = list(dict.fromkeys(self._moves(mix, coordinate)))
        sketch = self._sketch
        if sketch is None:
            return moves
        known, sketched = astuple(self.figures(mix)), astuple(sketch.figures(mix))
        # what the questions of the sketch have less or more of than all of them, they have for neighbours, too
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
            # together: under popular head items a penalty shows only in what stands in the tail's places
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
        """(n, candidates) scores of the blend, block by block, each small enough to stay near the processor."""
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
    """(width,) scores of what no list holds: all different, for a search among equals is slow."""
    return np.asarray(LOWEST * (1 + np.arange(width) / width), dtype=np.float32)


def judge(score_cache: ScoreCache, scores: FloatArray, tail_places: int = 0) -> Figures:
    """Figures of the lists that these scores of the candidates would make; tail places are kept in the first ten."""
    short, long = DEPTHS
    deep = Ranks(score_cache, scores, long)
    listed = (
        deep
        if not tail_places
        else Ranks(score_cache, keep_tail_places(score_cache, scores, tail_places), short)
    )
    at = [listed.ndcg(short), deep.ndcg(long)]
    if tail_places:  # what they cost at ten, they cost
        at[1] *= at[0] / max(1e-12, deep.ndcg(short))
    return Figures(
        ndcg=float(np.mean(at)),
        ndcg_at_10=at[0],
        tail_recall=listed.recall(score_cache.tail, score_cache.wanted_tail, short),
        cold_recall=listed.recall(score_cache.cold, score_cache.wanted_cold, short),
        breadth=listed.breadth(short),
    )


class Ranks:
    """Where the right answers stand: ``places`` (n,) from 0 on, the mean of those with the same score, inf below the
    first ``n``. All that figures are made of, and much faster than whole lists."""

    def __init__(self, score_cache: ScoreCache, scores: FloatArray, n: int) -> None:
        self.score_cache, self.scores = score_cache, scores
        self.rows, self.columns = score_cache.right
        n = min(n, scores.shape[1])
        self.best: FloatArray = np.partition(scores, -n, axis=1)[:, -n:]
        values = scores[self.rows, self.columns]
        reached = np.flatnonzero((values >= self.best[self.rows, 0]) & (values > LISTED))
        rivals, own = self.best[self.rows[reached]], values[reached, None]
        self.places = np.full(len(values), np.inf)
        self.places[reached] = (rivals > own).sum(axis=1) + ((rivals == own).sum(axis=1) - 1) / 2

    def ndcg(self, k: int) -> float:
        listed = self.places < k
        gains = np.bincount(
            self.rows[listed], 1 / np.log2(self.places[listed] + 2), len(self.score_cache.wanted)
        )
        ideal = np.cumsum(1 / np.log2(np.arange(2, k + 2)))[
            np.minimum(k, self.score_cache.wanted) - 1
        ]
        return float((gains / ideal).mean())

    def recall(self, of: BoolArray, wanted: NDArray[np.int64], k: int) -> float:
        """Of those right answers among ``of``; 0 where nobody wants any."""
        asked = wanted > 0
        if not asked.any():
            return 0.0
        hits = np.bincount(
            self.rows[(self.places < k) & of[self.rows, self.columns]], minlength=len(wanted)
        )
        return float((hits[asked] / np.minimum(k, wanted[asked])).mean())

    def breadth(self, k: int) -> float:
        k = min(k, self.best.shape[1])
        least = np.partition(self.best, -k, axis=1)[:, -k]
        listed = self.score_cache.items[self.scores >= np.maximum(least, LISTED)[:, None]]
        return int(np.count_nonzero(np.bincount(listed))) / max(1, len(listed))


def keep_tail_places(score_cache: ScoreCache, scores: FloatArray, places: int) -> FloatArray:
    """Scores that leave so many of the first ten places to tail items: further head items lose their score.

    The same lists as the re-ranking stage makes for the minimum tail share.
    """
    allowed = DEPTHS[0] - places
    if not places or allowed >= scores.shape[1]:
        return scores
    nothing = unlisted(scores.shape[1])
    of_head = np.where(score_cache.head, scores, nothing)
    least = np.partition(of_head, -allowed, axis=1)[:, -allowed, None]
    return np.where(score_cache.head & (scores < least), nothing, scores)
