"""What the items of a synthetic catalogue are, as arrays: topics, styles, fame, first days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.errors import DataError
from recommender.experiments.large_catalog.vocabulary import (
    CHINESE,
    ENGLISH,
    MOST_BRANDS,
    style_words,
    topics,
)

START = 1_640_995_200
"""The log's first second: 2022-01-01, UTC."""
WEEK = 7 * 86_400
WEEKS = 104
MOST_ITEMS, MOST_PEOPLE, MOST_EVENTS = 2_000_000, 4_000_000, 100_000_000


@dataclass(frozen=True)
class Size:
    """How large the catalogue and its log are.

    Raises:
        DataError: if a number is below 1 or too large.
    """

    items: int
    people: int
    events: int

    def __post_init__(self) -> None:
        for name, most in (
            ("items", MOST_ITEMS),
            ("people", MOST_PEOPLE),
            ("events", MOST_EVENTS),
        ):
            if not 1 <= (number := getattr(self, name)) <= most:
                raise DataError(f"{name}: {number} must be from 1 to {most}")


@dataclass(frozen=True)
class Shape:
    """How items differ. Shares are probabilities.

    ``fame``: exponent of Zipf's law by rank. ``novelty``: what a new item's fame is multiplied by,
    above 1, and falls to nothing with ``novelty_weeks``. ``trend``: sigma of the exponent by which
    an item's fame changes from the first week to the last.
    """

    chinese: float = 0.15
    fame: float = 0.85
    late: float = 0.5
    novelty: float = 2.0
    novelty_weeks: float = 8.0
    trend: float = 1.0
    items_a_topic: int = 120
    items_a_style: int = 150
    styles_least: int = 4
    styles_most: int = 64
    items_a_brand: int = 40


@dataclass(frozen=True, eq=False)
class Stock:
    """Items; all arrays have the shape (n_items,). A group is a style of a topic.

    Attributes:
        n_styles: styles of each topic; the last ``n_chinese`` of them are described in Chinese.
        born: the week in which an item appears; below 0 before the log begins.
        fame: how well known an item is, whatever it is about.
        trend: change of the logarithm of its fame over the whole log.
    """

    shape: Shape
    n_topics: int
    n_styles: int
    n_chinese: int
    topic: NDArray[np.int16]
    style: NDArray[np.int8]
    brand: NDArray[np.int32]
    born: NDArray[np.int16]
    fame: NDArray[np.float32]
    trend: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.topic)

    @cached_property
    def by_group(self) -> NDArray[np.int32]:
        """(n_items,) items, the groups beside each other."""
        return np.argsort(self._group, kind="stable").astype(np.int32)

    @cached_property
    def group_starts(self) -> NDArray[np.int64]:
        """(n_groups + 1,) positions in ``by_group``."""
        counts = np.bincount(self._group, minlength=self.n_topics * self.n_styles)
        return np.concatenate([[0], np.cumsum(counts)])

    @cached_property
    def _group(self) -> NDArray[np.int64]:
        return self.topic.astype(np.int64) * self.n_styles + self.style

    def appeal(self, week: int) -> NDArray[np.float64]:
        """(n_items + 1,) summed appeal of the items in the order of ``by_group``, from 0 on.

        An item that has not appeared at the beginning of the week has none.
        """
        order, shape = self.by_group, self.shape
        age = week - self.born[order].astype(np.float32)
        novelty = 1 + shape.novelty * np.exp(-np.maximum(age, 0) / shape.novelty_weeks)
        moved = np.exp(self.trend[order] * np.float32(week / WEEKS - 0.5))
        now = self.fame[order] * novelty * moved * (age >= 0)
        return np.concatenate([[0.0], np.cumsum(now, dtype=np.float64)])

    def language(self, styles: NDArray[np.int8]) -> NDArray[np.int8]:
        """The language of items of these styles, as a position in ``CODES``."""
        chinese = styles >= self.n_styles - self.n_chinese
        return np.where(chinese, np.int8(CHINESE), np.int8(ENGLISH))


def make_stock(n_items: int, rng: np.random.Generator, shape: Shape | None = None) -> Stock:
    """Topics of different sizes; fame is independent of what an item is."""
    shape = shape or Shape()
    n_topics = int(np.clip(n_items // shape.items_a_topic, 6, len(topics())))
    wanted = n_items // (n_topics * shape.items_a_style)
    n_styles = int(np.clip(wanted, shape.styles_least, shape.styles_most))
    sizes = rng.dirichlet(np.full(n_topics, 3.0))
    n_brands = min(max(20, n_items // shape.items_a_brand), MOST_BRANDS)
    rank = rng.permutation(n_items) + max(1.0, n_items / 20_000)
    late = rng.random(n_items) < shape.late
    return Stock(
        shape=shape,
        n_topics=n_topics,
        n_styles=n_styles,
        n_chinese=max(1, round(shape.chinese * n_styles)),
        topic=rng.choice(n_topics, n_items, p=sizes).astype(np.int16),
        style=rng.integers(0, n_styles, n_items).astype(np.int8),
        brand=(n_brands * rng.random(n_items) ** 2).astype(np.int32),
        born=np.where(
            late, rng.integers(1, WEEKS - 1, n_items), -rng.integers(0, WEEKS, n_items)
        ).astype(np.int16),
        fame=(rank**-shape.fame * n_items**shape.fame).astype(np.float32),
        trend=rng.normal(0, shape.trend, n_items).astype(np.float32),
    )


def style_of(topic: int, style: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Look and use, in English and Chinese. Neighbouring styles of a topic share one of them."""
    looks, uses = style_words()
    return (
        looks[(7 * topic + style // 8 + 11 * (topic // len(looks))) % len(looks)],
        uses[(5 * topic + style % 8 + 3 * (topic // len(uses))) % len(uses)],
    )
