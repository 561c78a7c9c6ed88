"""What synthetic people do, week by week, oldest first.

A person stays with a topic, goes on to the style or the topic that usually follows, or turns to
another interest. Within a style the items' appeal of the week decides. A look at an item is often
followed by a choice of it. Everything is drawn for all people of a week at once, so memory depends
on the number of people and items, and on one week's events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.experiments.large_catalog.people import Crowd
from recommender.experiments.large_catalog.stock import START, WEEK, WEEKS, Stock

_GOLDEN = (5**0.5 - 1) / 2
KINDS = ("view", "take", "like", "save")
_FIRST = np.cumsum([0.66, 0.24, 0.05, 0.05])
_AFTERWARDS = np.cumsum([0.0, 0.64, 0.18, 0.18])


@dataclass(frozen=True)
class Steps:
    """Probabilities of one event. ``turn``: to any of the person's interests. ``next_style``,
    ``next_topic``: to what usually follows. ``again``: something else with the same item."""

    turn: float = 0.35
    next_style: float = 0.15
    next_topic: float = 0.08
    neighbour: float = 0.15
    anything: float = 0.08
    again: float = 0.2


@dataclass(frozen=True)
class EventChunk:
    """One week's events, oldest first; all (n,). ``kinds`` are positions in ``KINDS``."""

    people: NDArray[np.int32]
    items: NDArray[np.int32]
    kinds: NDArray[np.int8]
    times: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.people)


def event_chunks(
    stock: Stock, crowd: Crowd, n_events: int, seed: int, steps: Steps | None = None
) -> Iterator[EventChunk]:
    """Exactly ``n_events`` events. There are more of them as people join."""
    present = np.array([crowd.present(week)[-1] for week in range(WEEKS)])
    ends = np.rint(np.cumsum(present) / present.sum() * n_events).astype(np.int64)
    places = np.random.default_rng([seed, 5]).random(len(crowd))
    for week, size in enumerate(np.diff(ends, prepend=0).tolist()):
        rng = np.random.default_rng([seed, 4, week])
        if size:
            yield _one_week(stock, crowd, week, size, steps or Steps(), places, rng)


def _one_week(
    stock: Stock,
    crowd: Crowd,
    week: int,
    size: int,
    steps: Steps,
    places: NDArray[np.float64],
    rng: np.random.Generator,
) -> EventChunk:
    """``places``: (n_people,) where each person's next draw is, 0 … 1; moved on in place."""
    people, seconds = _who_and_when(crowd, week, size, rng)
    first = np.diff(people, prepend=-1) != 0
    groups = _groups(stock, crowd, people, first, steps, rng)
    items = _items(stock, stock.appeal(week), *groups, _spread_draws(people, first, places))
    again = ~first & (rng.random(size) < steps.again)
    items = items[_latest(~again)]
    chance = rng.random(size)
    kinds = np.where(
        again, np.searchsorted(_AFTERWARDS, chance), np.searchsorted(_FIRST, chance)
    ).astype(np.int8)
    order = np.argsort(seconds, kind="stable")
    return EventChunk(
        people[order].astype(np.int32),
        items[order],
        np.minimum(kinds[order], np.int8(len(KINDS) - 1)),
        START + week * WEEK + seconds[order],
    )


def _who_and_when(
    crowd: Crowd, week: int, size: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """People by their activity, with seconds of the week; ordered by person, then by time."""
    present = crowd.present(week)
    people = np.searchsorted(present, _below(rng.random(size) * present[-1], present[-1]), "right")
    keys = people * WEEK + rng.integers(0, WEEK, size)
    keys.sort()
    return np.divmod(keys, WEEK)


def _groups(
    stock: Stock,
    crowd: Crowd,
    people: NDArray[np.int64],
    first: NDArray[np.bool_],
    steps: Steps,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n,) topic, and style of the topic; -1 and -1 for anything at all."""
    size = len(people)
    turned = first | (rng.random(size) < steps.turn)
    since = _latest(turned)
    step = np.where(turned, 1.0, rng.random(size))
    slots = (rng.random(size) ** 2 * crowd.n_interests[people]).astype(np.int64)[since]
    to_topic = _steps_since(step < steps.next_topic, since)
    to_style = _steps_since(
        (step >= steps.next_topic) & (step < steps.next_topic + steps.next_style), since
    )
    topic = (crowd.topics[people, slots] + to_topic) % stock.n_topics
    chance = rng.random(size)
    beside = np.where(chance < steps.neighbour, np.where(chance < steps.neighbour / 2, 1, -1), 0)
    style = _moved(stock, crowd.styles[people, slots].astype(np.int64), to_style + beside)
    anything = rng.random(size) < steps.anything
    return np.where(anything, -1, topic), np.where(anything, -1, style)


def _moved(stock: Stock, style: NDArray[np.int64], by: NDArray[np.int64]) -> NDArray[np.int64]:
    """The style that many steps further, among those of its language."""
    n_english = stock.n_styles - stock.n_chinese
    return np.where(
        style < n_english,
        (style + by) % n_english,
        n_english + (style - n_english + by) % stock.n_chinese,
    )


def _items(
    stock: Stock,
    appeal: NDArray[np.float64],
    topic: NDArray[np.int64],
    style: NDArray[np.int64],
    draws: NDArray[np.float64],
) -> NDArray[np.int32]:
    """(n,) items of the group; of the topic, or any, where nothing of the group is there yet."""
    starts, n_styles = stock.group_starts, stock.n_styles
    anything = topic < 0
    group = np.where(anything, 0, topic * n_styles + style)
    low, high = appeal[starts[group]], appeal[starts[group + 1]]
    topic_low, topic_high = (
        appeal[starts[np.where(anything, 0, topic + after) * n_styles]] for after in (0, 1)
    )
    in_topic = high <= low
    low, high = np.where(in_topic, topic_low, low), np.where(in_topic, topic_high, high)
    anything |= high <= low
    low, high = np.where(anything, 0.0, low), np.where(anything, appeal[-1], high)
    drawn = _below(low + draws * (high - low), high)
    return stock.by_group[np.searchsorted(appeal, drawn, side="right") - 1]


def _spread_draws(
    people: NDArray[np.int64], first: NDArray[np.bool_], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n,) numbers below 1 that repeat late for each person, so that items do too.

    Multiples of the golden ratio, modulo 1, keep away from each other; a person's begin anywhere.
    """
    since = _latest(first)
    nth = np.arange(len(people)) - since + 1
    draws = (places[people] + nth * _GOLDEN) % 1.0
    last = np.append(first[1:], True)
    places[people[last]] = draws[last]
    return draws


def _below(drawn: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounding never lifts a draw to its upper bound, which belongs to the next item."""
    return np.minimum(drawn, np.nextafter(high, -np.inf))


def _latest(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n,) the position of the last marked row up to each row; the first row counts as marked."""
    return np.maximum.accumulate(np.where(marked, np.arange(len(marked)), 0))


def _steps_since(stepped: NDArray[np.bool_], since: NDArray[np.int64]) -> NDArray[np.int64]:
    counted = np.cumsum(stepped)
    return counted - counted[since]
