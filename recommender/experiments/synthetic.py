"""A synthetic shop with a long tail: people with latent interests, items with words. Seeded.

An item has a topic, sometimes a second one, and a title of their words. Its fame is independent of
its content. A person has a few topics with favourite words, and moves from a topic to the one that
usually follows. Every encounter is a view; some lead to a save, some to a purchase; stars follow
how well the item fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.dataset import Dataset, Items, Log

CONFIDENCE: Mapping[str, float] = MappingProxyType({"view": 0.3, "save": 1.0, "purchase": 1.0})
"""Confidence by kind of interaction: the defaults of a catalogue."""

SYLLABLES = tuple(first + second for first in "bdfgklmnprstvz" for second in "aeiou")
YEAR = 365 * 86_400


@dataclass(frozen=True)
class SyntheticLog:
    """Parameters of the log.

    ``…_spread``: sigma of a log-normal. ``…_pull``: exponent of the best match against none.
    Shares are probabilities.
    """

    people: int = 1_000
    items: int = 10_000
    topics: int = 60
    words_a_topic: int = 30
    common_words: int = 200
    second_topic: float = 0.25
    fame_spread: float = 1.5
    encounters_median: float = 25.0
    encounters_spread: float = 0.7
    encounters_least: int = 10
    encounters_most: int = 200
    interests: int = 3
    follow: float = 0.25
    word_pull: float = 2.5
    save: float = 0.15
    purchase: float = 0.3


@dataclass(frozen=True)
class Shelf:
    """The items of one topic: indices, fame, and (n, words_a_topic) which words they have."""

    items: NDArray[np.int64]
    fame: NDArray[np.float64]
    words: NDArray[np.float64]


def synthetic(shape: SyntheticLog, seed: int) -> Dataset:
    """The same shape and seed give the same data; ``log.values`` are stars, 1 to 5."""
    rng = np.random.default_rng(seed)
    items, shelves = _stock(shape, rng)
    events = [
        event for person in range(shape.people) for event in _visits(shape, shelves, person, rng)
    ]
    events.sort(key=lambda event: event[2])
    people, taken, times, weights, stars = (
        np.array(column) for column in zip(*events, strict=True)
    )
    log = Log(
        people.astype(np.int32),
        taken.astype(np.int32),
        weights.astype(np.float32),
        times.astype(np.int64),
        stars.astype(np.float32),
    )
    return Dataset(items, log, shape.people)


def _stock(shape: SyntheticLog, rng: np.random.Generator) -> tuple[Items, list[Shelf]]:
    vocabulary = _vocabulary(shape.topics * shape.words_a_topic + shape.common_words, rng)
    topical = np.array(vocabulary[: shape.topics * shape.words_a_topic]).reshape(shape.topics, -1)
    common = vocabulary[topical.size :]
    sizes = rng.dirichlet(np.full(shape.topics, 3.0))
    topic = rng.choice(shape.topics, shape.items, p=sizes)
    second = np.where(
        rng.random(shape.items) < shape.second_topic,
        rng.integers(0, shape.topics, shape.items),
        topic,
    )
    frequent = 1 / np.arange(1, shape.words_a_topic + 1)
    words = np.stack(
        [
            rng.choice(shape.words_a_topic, 4, replace=False, p=frequent / frequent.sum())
            for _ in topic
        ]
    )
    titles = []
    for item in range(shape.items):
        own = [topical[topic[item], word] for word in words[item, :3]] + [
            topical[second[item], words[item, 3]]
        ]
        titles.append(" ".join(rng.permutation([*own, *rng.choice(common, 2)])))
    names = [(f"{topical[each, 0]} goods", f"department {each % 10}") for each in topic]
    fame = rng.lognormal(0.0, shape.fame_spread, shape.items)
    shelves = [
        _shelf(np.flatnonzero(topic == each), fame, words, shape.words_a_topic)
        for each in range(shape.topics)
    ]
    return Items(titles, [""] * shape.items, names), shelves


def _vocabulary(size: int, rng: np.random.Generator) -> list[str]:
    """Distinct invented words of three syllables."""
    numbers = rng.permutation(len(SYLLABLES) ** 3)[:size]
    n = len(SYLLABLES)
    return [
        SYLLABLES[number // n**2] + SYLLABLES[number // n % n] + SYLLABLES[number % n]
        for number in numbers
    ]


def _shelf(items: NDArray, fame: NDArray, words: NDArray, n_words: int) -> Shelf:
    has = np.zeros((len(items), n_words))
    has[np.arange(len(items))[:, None], words[items, :3]] = 1
    return Shelf(items, fame[items], has)


def _visits(
    shape: SyntheticLog, shelves: list[Shelf], person: int, rng: np.random.Generator
) -> list[tuple[int, int, int, float, int]]:
    """One person's events (person, item, time, weight, stars), in any order."""
    open_shelves = [number for number, shelf in enumerate(shelves) if len(shelf.items)]
    interests = rng.choice(open_shelves, min(shape.interests, len(open_shelves)), replace=False)
    share = rng.dirichlet(np.full(len(interests), 1.5))
    liked = {int(topic): rng.dirichlet(np.full(shape.words_a_topic, 0.1)) for topic in open_shelves}
    wanted = rng.lognormal(np.log(shape.encounters_median), shape.encounters_spread)
    encounters = int(np.clip(wanted, shape.encounters_least, shape.encounters_most))
    times = np.sort(rng.integers(0, YEAR, encounters))
    events: list[tuple[int, int, int, float, int]] = []
    met: set[int] = set()
    topic = int(rng.choice(interests, p=share))
    for when in times:
        moved_on = (topic + 1) % len(shelves)
        topic = (
            moved_on
            if rng.random() < shape.follow and moved_on in liked
            else int(rng.choice(interests, p=share))
        )
        item, fit = _encounter(shape, shelves[topic], liked[topic], met, rng)
        if item is not None:
            events += _acts(shape, person, item, int(when), fit, rng)
    return events


def _encounter(
    shape: SyntheticLog, shelf: Shelf, liked: NDArray, met: set[int], rng: np.random.Generator
) -> tuple[int | None, float]:
    """An item of the shelf that is new to the person, and its fit, 0 … 1."""
    fit = np.minimum(1.0, shelf.words @ liked)
    appeal = shelf.fame * np.exp(shape.word_pull * fit) * ~np.isin(shelf.items, list(met))
    if not appeal.any():
        return None, 0.0
    chosen = int(rng.choice(len(appeal), p=appeal / appeal.sum()))
    met.add(int(shelf.items[chosen]))
    return int(shelf.items[chosen]), float(fit[chosen])


def _acts(
    shape: SyntheticLog, person: int, item: int, when: int, fit: float, rng: np.random.Generator
) -> list[tuple[int, int, int, float, int]]:
    stars = int(np.clip(np.rint(2.5 + 2.5 * fit + rng.normal(0, 0.7)), 1, 5))
    kinds = ["view"]
    kinds += ["save"] if rng.random() < shape.save * (0.5 + fit) else []
    kinds += ["purchase"] if rng.random() < shape.purchase * (0.5 + fit) else []
    return [
        (person, item, when + minute * 60, CONFIDENCE[kind], stars)
        for minute, kind in enumerate(kinds)
    ]
