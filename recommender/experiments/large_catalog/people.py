"""Synthetic people: when they are there, how active they are, and what interests them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.experiments.large_catalog.stock import WEEKS, Stock

MOST_INTERESTS = 4
_CHUNK = 100_000


@dataclass(frozen=True)
class Habits:
    """``activity``: sigma of a log-normal. ``topic_drift``: sigma of the exponent by which a
    topic's appeal to new people changes over the whole log."""

    activity: float = 1.1
    from_start: float = 0.4
    to_the_end: float = 0.6
    interests: float = 1.2
    chinese: float = 0.15
    topic_drift: float = 1.0


@dataclass(frozen=True, eq=False)
class Crowd:
    """People; arrays have the shape (n_people,) or (n_people, 4).

    Attributes:
        joins, leaves: weeks.
        n_interests: how many of the four ``topics`` and ``styles`` a person has.
    """

    activity: NDArray[np.float32]
    joins: NDArray[np.int16]
    leaves: NDArray[np.int16]
    n_interests: NDArray[np.int8]
    topics: NDArray[np.int16]
    styles: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.activity)

    def present(self, week: int) -> NDArray[np.float64]:
        """(n_people,) summed activity of those who are there."""
        there = (self.joins <= week) & (week <= self.leaves)
        return np.cumsum(self.activity * there, dtype=np.float64)


def make_crowd(n_people: int, stock: Stock, seed: int, habits: Habits | None = None) -> Crowd:
    """One person in seven reads Chinese and likes the styles that are described in it."""
    habits = habits or Habits()
    rng = np.random.default_rng([seed, 2])
    appeal = np.sqrt(np.bincount(stock.topic, minlength=stock.n_topics) + 1.0)
    drift = rng.normal(0, habits.topic_drift, stock.n_topics)
    chunks = [
        _chunk(min(_CHUNK, n_people - start), stock, habits, appeal, drift, [seed, 3, start])
        for start in range(0, n_people, _CHUNK)
    ]
    return Crowd(*(np.concatenate(columns) for columns in zip(*chunks, strict=True)))


def _chunk(
    size: int,
    stock: Stock,
    habits: Habits,
    appeal: NDArray[np.float64],
    drift: NDArray[np.float64],
    seed: list[int],
) -> tuple[NDArray, ...]:
    rng = np.random.default_rng(seed)
    early = rng.random(size) < habits.from_start
    # The first one is always there, so that every week has somebody.
    early[0] = True
    joins = np.where(early, 0, rng.integers(0, WEEKS - 4, size))
    stays = rng.random(size) < habits.to_the_end
    stays[0] = True
    leaves = np.where(stays, WEEKS, joins + 1 + rng.exponential(WEEKS / 4, size))
    reads_chinese = rng.random(size) < habits.chinese
    n_english = stock.n_styles - stock.n_chinese
    draws = rng.random((size, MOST_INTERESTS))
    styles = np.where(
        reads_chinese[:, None], n_english + draws * stock.n_chinese, draws * n_english
    )
    return (
        np.exp(rng.normal(0, habits.activity, size)).astype(np.float32),
        joins.astype(np.int16),
        np.minimum(leaves, WEEKS).astype(np.int16),
        np.minimum(1 + rng.poisson(habits.interests, size), MOST_INTERESTS).astype(np.int8),
        _topics(joins, appeal, drift, rng),
        styles.astype(np.int8),
    )


def _topics(
    joins: NDArray[np.int64],
    appeal: NDArray[np.float64],
    drift: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int16]:
    """(n, 4) topics, by their appeal in the quarter in which a person joins."""
    found = np.empty((len(joins), MOST_INTERESTS), dtype=np.int16)
    quarters = joins // 13
    for quarter in range(WEEKS // 13):
        chosen = np.flatnonzero(quarters == quarter)
        now = np.cumsum(appeal * np.exp(drift * (quarter * 13 / WEEKS - 0.5)))
        draws = rng.random((len(chosen), MOST_INTERESTS)) * now[-1]
        found[chosen] = np.minimum(np.searchsorted(now, draws, side="right"), len(now) - 1)
    return found
