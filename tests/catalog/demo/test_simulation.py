from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from catalog.demo.dataset import DemoLog
from catalog.demo.simulation import (
    DAY,
    Behaviour,
    SimulatedCatalog,
    arrivals,
    simulate,
    word_weights,
)

START, END = 1_700_000_000, 1_700_000_000 + 400 * DAY
SHELF = 60
FIRST, THEN, OTHER, CHINESE = range(4)


@pytest.fixture(scope="module")
def behaviour() -> Behaviour:
    readers = {("en",): 0.6, ("zh",): 0.2, ("en", "zh"): 0.2}
    return Behaviour(start=START, end=END, people=400, readers=readers)


@pytest.fixture(scope="module")
def catalog(behaviour: Behaviour) -> SimulatedCatalog:
    """Four topics of 60 items; levels and words alternate.

    One topic leads to the next, one is separate, one is Chinese.
    """
    n_items = 4 * SHELF
    topic = np.repeat(np.arange(4, dtype=np.int32), SHELF)
    place = np.arange(n_items) % SHELF
    return SimulatedCatalog(
        topics=["first", "then", "other", "chinese"],
        topic=topic,
        language=np.where(topic == CHINESE, "zh", "en"),
        level=np.where(topic == OTHER, place % 3, -1).astype(np.int8),
        words=word_weights([[f"word{number % 6}"] for number in place]),
        follows={FIRST: {THEN: 1.0}},
        arrival=arrivals(n_items, behaviour, np.random.default_rng(5)),
    )


@pytest.fixture(scope="module")
def log(catalog: SimulatedCatalog, behaviour: Behaviour) -> DemoLog:
    return simulate(catalog, behaviour, np.random.default_rng(7))


def of_each_person(log: DemoLog) -> list[np.ndarray]:
    return [np.flatnonzero(log.person == number) for number in range(len(log.people))]


def test_the_same_seed_gives_the_same_log(
    catalog: SimulatedCatalog, behaviour: Behaviour, log: DemoLog
) -> None:
    again = simulate(catalog, behaviour, np.random.default_rng(7))
    other = simulate(catalog, behaviour, np.random.default_rng(8))
    for name in ("person", "item", "kind", "time"):
        assert np.array_equal(getattr(again, name), getattr(log, name))
    assert not np.array_equal(other.item[:100], log.item[:100])


def test_times_rise_and_stay_within_the_period_and_after_the_items_arrival(
    catalog: SimulatedCatalog, log: DemoLog
) -> None:
    assert np.all(np.diff(log.time) >= 0)
    assert log.time[0] >= START
    assert log.time[-1] <= END + DAY
    assert np.all(catalog.arrival[log.item] <= log.time)


def test_people_read_their_languages_only(catalog: SimulatedCatalog, log: DemoLog) -> None:
    chinese = catalog.topic[log.item] == CHINESE
    shares = np.array([chinese[rows].mean() for rows in of_each_person(log) if len(rows)])
    assert 0.10 < np.mean(shares == 1.0) < 0.35
    assert np.mean(shares == 0.0) > 0.5


def test_people_go_on_to_the_next_topic_more_often_than_back(
    catalog: SimulatedCatalog, log: DemoLog
) -> None:
    topic = catalog.topic[log.item]
    onward = back = 0
    for rows in of_each_person(log):
        steps = topic[rows]
        onward += np.sum((steps[:-1] == FIRST) & (steps[1:] == THEN))
        back += np.sum((steps[:-1] == THEN) & (steps[1:] == FIRST))
    assert onward > 1.5 * back > 0


def test_levels_rise_with_what_a_person_has_done(catalog: SimulatedCatalog, log: DemoLog) -> None:
    early, late = [], []
    for rows in of_each_person(log):
        items = log.item[rows][catalog.topic[log.item[rows]] == OTHER]
        levels = catalog.level[list(dict.fromkeys(items.tolist()))]
        early += levels[:3].tolist()
        late += levels[6:].tolist()
    assert np.mean(late) > np.mean(early) + 0.5


def test_popularity_has_a_head_and_a_long_tail(catalog: SimulatedCatalog, log: DemoLog) -> None:
    counts = np.sort(np.bincount(log.item, minlength=len(catalog.topic)))[::-1]
    head = counts[: len(counts) // 5].sum() / counts.sum()
    assert 0.35 < head < 0.75
    assert np.mean(counts[len(counts) // 5 :] > 0) > 0.8


def test_many_people_did_little(log: DemoLog) -> None:
    events = np.bincount(log.person, minlength=len(log.people))
    assert 0.15 < np.mean(events < 5) < 0.45
    assert events.max() > 40


def test_kinds_are_mixed_and_nothing_is_taken_twice(log: DemoLog) -> None:
    shares = {kind: np.mean(log.kind == kind) for kind in ("view", "take", "like", "save")}
    assert shares["view"] > shares["take"] > shares["like"] > 0.08
    assert sum(shares.values()) == pytest.approx(1.0)
    taken = list(zip(log.person[log.kind == "take"], log.item[log.kind == "take"], strict=True))
    assert len(set(taken)) == len(taken)


def test_people_choose_items_with_their_words(catalog: SimulatedCatalog, log: DemoLog) -> None:
    word = np.arange(len(catalog.topic)) % SHELF % 6
    repeats = [
        np.max(np.bincount(word[items])) / len(items)
        for rows in of_each_person(log)
        if len(items := np.unique(log.item[rows])) >= 10
    ]
    shuffled = np.random.default_rng(0).integers(0, 6, (500, 15))
    by_chance = np.mean([np.max(np.bincount(row)) / 15 for row in shuffled])
    assert np.mean(repeats) > by_chance + 0.05


def test_word_weights_exclude_rare_words_and_have_length_one() -> None:
    weights = word_weights([["a", "b"], ["a"], ["a", "c", "c"], ["b"], ["b"], ["rare"]])
    assert weights.shape == (6, 2)
    assert np.linalg.norm(weights, axis=1).tolist() == pytest.approx([1, 1, 1, 1, 1, 0])


def of_the_same_author(log: DemoLog, author: np.ndarray) -> float:
    """How often an item after a take has the author of the taken item."""
    pairs = [
        pair
        for rows in of_each_person(log)
        for pair in pairwise(rows)
        if log.kind[pair[0]] == "take"
    ]
    return float(
        np.mean([author[log.item[first]] == author[log.item[then]] for first, then in pairs])
    )


def test_people_come_back_to_an_author_they_took(
    catalog: SimulatedCatalog, behaviour: Behaviour, log: DemoLog
) -> None:
    author = (np.arange(len(catalog.topic)) % 5).astype(np.int32)
    loyal = simulate(replace(catalog, author=author), behaviour, np.random.default_rng(7))
    assert of_the_same_author(loyal, author) > 1.3 * of_the_same_author(log, author)


def test_a_catalogue_has_its_own_shares_of_event_kinds(
    catalog: SimulatedCatalog, behaviour: Behaviour
) -> None:
    log = simulate(
        catalog, replace(behaviour, outcomes=(0.0, 0.2, 0.8, 0.0)), np.random.default_rng(7)
    )
    chosen = log.kind[log.kind != "view"]
    assert set(chosen) == {"take", "like"}
    assert np.mean(chosen == "like") == pytest.approx(0.8, abs=0.03)
