"""Simulated people: a behaviour model for catalogues that have items but no log.

Each person reads one or both languages, has a few topics and some favourite words, and is more or
less active. At each encounter a person stays with a topic, goes on to a topic that usually follows
it (Python, then data science, then machine learning), or changes to another topic. Within the topic
the choice depends on an item's popularity (heavy-tailed, independent of its content), on the
favourite words, and on its level, which rises with what the person has done.

``rng`` is the only source of randomness: the same seed gives the same log. See
docs/decisions/0004-simulated-people.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.demo.dataset import DemoLog
from catalog.models.event_kinds import Kind

DAY = 86_400
_OUTCOMES = [Kind.VIEW.value, Kind.TAKE.value, Kind.LIKE.value, Kind.SAVE.value]


@dataclass(frozen=True)
class SimulatedCatalog:
    """The catalogue that the simulated people use.

    Attributes:
        topic: (n_items,) index into ``topics``.
        language: (n_items,) code.
        level: (n_items,) 0, 1, 2 …, or -1 without a level.
        words: (n_items, n_words) weights; rows of length 1 or 0.
        follows: topic -> the topics that people visit next, with shares.
        arrival: (n_items,) seconds since 1970.
        author: (n_items,) author, if people come back to the author of what they took.
    """

    topics: list[str]
    topic: NDArray[np.int32]
    language: NDArray[np.str_]
    level: NDArray[np.int8]
    words: NDArray[np.float32]
    follows: dict[int, dict[int, float]]
    arrival: NDArray[np.int64]
    author: NDArray[np.int32] | None = None


@dataclass(frozen=True)
class Behaviour:
    """Parameters of the behaviour; shares are probabilities of one encounter unless noted."""

    start: int
    end: int
    people: int = 2_000
    encounters_median: float = 9.0
    encounters_spread: float = (
        1.0  # sigma of the log-normal: 28 of 100 people have fewer than five encounters
    )
    encounters_max: int = 150
    fame_spread: float = 1.3  # sigma of the log-normal that makes some items much better known
    go_on: float = 0.25
    stay: float = 0.50
    word_pull: float = 2.5  # exponent of the best match against none
    level_pull: float = 1.2  # exponent per level of distance
    encounters_per_level: int = 3
    #: The outcomes of an encounter: view, take, like, save. A third of the last three begin with a
    #: view.
    outcomes: tuple[float, float, float, float] = (0.44, 0.28, 0.14, 0.14)
    author_pull: float = (
        3.0  # how much more the other items of an author attract, once one was taken
    )
    #: Languages that a person reads, with the share of such people.
    readers: dict[tuple[str, ...], float] = field(default_factory=lambda: {("en",): 1.0})


@dataclass(frozen=True)
class _Readership:
    """The items that people with the same languages find.

    For each topic: the readable items and the topic's weight.
    """

    shelves: list[NDArray[np.intp]]
    appeal: NDArray[np.float64]


@dataclass
class _Person:
    readership: _Readership
    start: int
    encounters: int
    interests: list[int]
    pull: NDArray[np.float64]
    done: dict[int, int] = field(default_factory=dict)


def simulate(catalog: SimulatedCatalog, behaviour: Behaviour, rng: np.random.Generator) -> DemoLog:
    fame = rng.lognormal(0.0, behaviour.fame_spread, len(catalog.topic))
    draw = rng.lognormal(0.0, 0.4, len(catalog.topics))
    readerships = [_readership(catalog, languages, draw) for languages in behaviour.readers]
    events: list[tuple[int, int, str, int]] = []
    for number in range(behaviour.people):
        readership = readerships[_pick(list(behaviour.readers.values()), rng)]
        person = _draw_person(catalog, behaviour, readership, fame, rng)
        events += [(number, *event) for event in _live(person, catalog, behaviour, rng)]
    return _as_log(events, behaviour.people)


def word_weights(titles: list[list[str]], *, most: int = 400) -> NDArray[np.float32]:
    """(n_items, ≤ most) tf-idf of words in three or more titles; rows of length 1 or 0."""
    frequency: dict[str, int] = {}
    for title in titles:
        for word in dict.fromkeys(title):
            frequency[word] = frequency.get(word, 0) + 1
    common = sorted(
        (word for word, count in frequency.items() if count >= 3),
        key=lambda word: (-frequency[word], word),
    )
    column = {word: position for position, word in enumerate(common[:most])}
    weights = np.zeros((len(titles), len(column)), dtype=np.float32)
    for row, title in enumerate(titles):
        for word in title:
            if word in column:
                weights[row, column[word]] = np.log(len(titles) / frequency[word])
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    return np.divide(weights, lengths, out=np.zeros_like(weights), where=lengths > 0)


def paths(follows: dict[str, dict[str, float]], topics: list[str]) -> dict[int, dict[int, float]]:
    """``follows`` as indices into ``topics``; unknown topics are left out."""
    place = {topic: number for number, topic in enumerate(topics)}
    return {
        place[topic]: {place[after]: share for after, share in then.items() if after in place}
        for topic, then in follows.items()
        if topic in place
    }


def arrivals(
    n_items: int, behaviour: Behaviour, rng: np.random.Generator, *, late: float = 0.25
) -> NDArray[np.int64]:
    """When items appear: most at the start, a share of ``late`` during the period."""
    moments = rng.integers(behaviour.start, behaviour.end, n_items)
    return np.where(rng.random(n_items) < late, moments, behaviour.start)


def _readership(
    catalog: SimulatedCatalog, languages: tuple[str, ...], draw: NDArray[np.float64]
) -> _Readership:
    """Larger topics attract more people; topics with a following topic attract twice as many."""
    readable = np.isin(catalog.language, languages)
    shelves = [
        np.flatnonzero(readable & (catalog.topic == topic)) for topic in range(len(catalog.topics))
    ]
    leads_on = np.array([topic in catalog.follows for topic in range(len(shelves))])
    return _Readership(
        shelves, np.sqrt([len(shelf) for shelf in shelves]) * draw * np.where(leads_on, 2.0, 1.0)
    )


def _draw_person(
    catalog: SimulatedCatalog,
    behaviour: Behaviour,
    readership: _Readership,
    fame: NDArray[np.float64],
    rng: np.random.Generator,
) -> _Person:
    appeal = readership.appeal
    wanted = min(1 + int(rng.poisson(1.2)), int(np.count_nonzero(appeal)))
    interests = rng.choice(
        len(appeal), size=wanted, replace=False, p=appeal / appeal.sum()
    ).tolist()
    known = np.concatenate([readership.shelves[topic] for topic in interests])
    favourites = rng.choice(known, size=min(3, len(known)), replace=False)
    encounters = int(
        np.exp(rng.normal(np.log(behaviour.encounters_median), behaviour.encounters_spread))
    )
    return _Person(
        readership=readership,
        start=int(rng.integers(behaviour.start, behaviour.end - 7 * DAY)),
        encounters=min(max(encounters, 1), behaviour.encounters_max),
        interests=interests,
        pull=fame * np.exp(behaviour.word_pull * _taste(catalog.words, favourites)),
    )


def _taste(words: NDArray[np.float32], favourites: NDArray[np.intp]) -> NDArray[np.float64]:
    """(n_items,) how much an item matches the person's words, 0 … 1."""
    wanted = words[favourites].sum(axis=0)
    columns = np.flatnonzero(wanted)
    match = (words[:, columns] @ wanted[columns]).astype(np.float64)
    return match / match.max() if columns.size else match


def _live(
    person: _Person, catalog: SimulatedCatalog, behaviour: Behaviour, rng: np.random.Generator
) -> Iterator[tuple[int, str, int]]:
    """One person's events in order: item, kind, seconds since 1970."""
    topic, time = person.interests[0], person.start
    for _turn in range(person.encounters):
        time += (
            int(rng.exponential(2 * DAY)) + 60
            if rng.random() < 0.4
            else int(rng.integers(60, 3_600))
        )
        if time > behaviour.end:
            return
        item = _choose(person, catalog, behaviour, topic, time, rng)
        if item is not None:
            person.pull[item] = 0.0  # nobody meets an item twice
            person.done[topic] = person.done.get(topic, 0) + 1
            for kind in _acts(behaviour, rng):
                yield item, kind, time
                time += int(rng.integers(20, 900))
                if kind == Kind.TAKE.value and catalog.author is not None:
                    person.pull[catalog.author == catalog.author[item]] *= behaviour.author_pull
        topic = _next_topic(person, catalog, behaviour, topic, rng)


def _choose(
    person: _Person,
    catalog: SimulatedCatalog,
    behaviour: Behaviour,
    topic: int,
    time: int,
    rng: np.random.Generator,
) -> int | None:
    shelf = person.readership.shelves[topic]
    level = catalog.level[shelf]
    reached = min(
        person.done.get(topic, 0) // behaviour.encounters_per_level, max(int(level.max()), 0)
    )
    distance = np.where(level < 0, 0.5, np.abs(level - reached))
    chances = (
        person.pull[shelf]
        * (catalog.arrival[shelf] <= time)
        * np.exp(-behaviour.level_pull * distance)
    )
    return int(shelf[_pick(chances, rng)]) if chances.any() else None


def _pick(chances: ArrayLike, rng: np.random.Generator) -> int:
    """An index, by unnormalised probabilities (ten times faster than ``rng.choice``)."""
    sums = np.cumsum(chances)
    return int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))


def _acts(behaviour: Behaviour, rng: np.random.Generator) -> list[str]:
    outcome = _OUTCOMES[_pick(behaviour.outcomes, rng)]
    looked_first = outcome != Kind.VIEW.value and rng.random() < 1 / 3
    return [Kind.VIEW.value, outcome] if looked_first else [outcome]


def _next_topic(
    person: _Person,
    catalog: SimulatedCatalog,
    behaviour: Behaviour,
    topic: int,
    rng: np.random.Generator,
) -> int:
    draw = rng.random()
    follows = {
        after: share
        for after, share in catalog.follows.get(topic, {}).items()
        if len(person.readership.shelves[after])
    }
    if draw < behaviour.go_on and follows:
        after = list(follows)[_pick(list(follows.values()), rng)]
        person.interests = list(dict.fromkeys([*person.interests, after]))
        return after
    if draw < behaviour.go_on + behaviour.stay:
        return topic
    return person.interests[rng.integers(len(person.interests))]


def _as_log(events: list[tuple[int, int, str, int]], people: int) -> DemoLog:
    """Events ordered by time; at the same second by person."""
    person, item, kind, time = (np.array(column) for column in zip(*events, strict=True))
    order = np.argsort(time, kind="stable")
    return DemoLog(
        people=[f"sim-{number:04d}" for number in range(1, people + 1)],
        person=person[order].astype(np.int32),
        item=item[order].astype(np.int32),
        kind=kind[order],
        value=np.full(len(events), np.nan),
        time=time[order].astype(np.int64),
    )
