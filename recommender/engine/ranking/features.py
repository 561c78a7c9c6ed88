"""What the second stage knows of a query and its candidates, in one table.

Every age is a share of the training's log before its end. No clock is read, so a moment has the
same features in training and, however much later, in a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.head_tail import head_of
from recommender.engine.data.types import FloatArray, IntArray, Query
from recommender.engine.runtime.sparse import position_of

RECENT = (0.02, 0.06, 0.2)
"""Shares of the log that recent counts are of."""

LATEST = 5
"""Past items that tell what a person takes lately."""


class Kind(StrEnum):
    """What a feature's part of a score is called in an explanation.

    ``SCORE`` is spread over the contributions of the first stage.
    """

    SCORE = "score"
    POPULARITY = "popularity"
    AGE = "age"
    TASTE = "taste"


@dataclass(frozen=True)
class Feature:
    """``meaning``: can be read alone; a literal, because ``tests.messages`` collects it."""

    name: str
    kind: Kind
    meaning: str


SCORE = (Feature("below_best", Kind.SCORE, "score of the first stage minus the person’s best"),)

FACTS = (
    Feature("people", Kind.POPULARITY, "log1p of the people who took the item"),
    Feature("head", Kind.POPULARITY, "1 = it is a head item"),
    Feature("cold", Kind.AGE, "1 = nobody took it"),
    Feature("first_age", Kind.AGE, "age of its first interaction; 0 without one"),
    Feature("last_age", Kind.AGE, "age of its last interaction; 0 without one"),
    Feature("mean_age", Kind.AGE, "mean age of its interactions; 0 without one"),
    Feature("recent_2", Kind.AGE, "log1p of its interactions in the last 2 % of the log"),
    Feature("recent_6", Kind.AGE, "log1p of its interactions in the last 6 % of the log"),
    Feature("recent_20", Kind.AGE, "log1p of its interactions in the last 20 % of the log"),
    Feature("trend_2", Kind.AGE, "recent_2 minus what it would be if the last 6 % were even"),
    Feature("trend_6", Kind.AGE, "recent_6 minus what it would be if the last 20 % were even"),
    Feature("trend_20", Kind.AGE, "recent_20 minus what it would be if the log were even"),
    Feature("place", Kind.TASTE, "mean relative place in its takers’ histories, 1 = the end"),
    Feature("takers_length", Kind.TASTE, "mean log1p of its takers’ interactions"),
    Feature("value", Kind.TASTE, "mean recorded value minus that of the log; 0 without one"),
    Feature("text_length", Kind.TASTE, "log1p of the characters of title and description"),
)
"""Of the item alone: the columns of ``ItemFacts``."""

PERSON = (
    Feature("history", Kind.TASTE, "log1p of the past items"),
    Feature("history_people", Kind.TASTE, "mean of people over the past items"),
    Feature("history_spread", Kind.TASTE, "deviation of people over the past items"),
    Feature("latest_people", Kind.TASTE, "mean of people over the 5 newest past items"),
    Feature("history_tail", Kind.TASTE, "share of tail items among the past items"),
)

PAIR = (
    Feature("more_people", Kind.TASTE, "people minus history_people"),
    Feature("agreeing", Kind.TASTE, "terms of the first stage that score the item above 0"),
    Feature("categories", Kind.TASTE, "share of the person’s categories that the item has"),
)

FEATURES = (*SCORE, *FACTS, *PERSON, *PAIR)
"""The columns after one for each term of the first stage: its score over the deviation."""

FACT = {feature.name: at for at, feature in enumerate(FACTS)}


@dataclass(frozen=True, eq=False)
class ItemFacts:
    """``values``: (n_items, len(FACTS)) float32, finite."""

    values: FloatArray

    @classmethod
    def of(cls, train: Dataset) -> Self:
        """The facts of the items at the end of a training's log."""
        facts = {"people": np.log1p(train.counts), "head": head_of(train)}
        facts |= _ages(train) | _takers(train)
        texts = zip(train.items.titles, train.items.descriptions, strict=True)
        facts["text_length"] = np.log1p([len(title) + len(text) for title, text in texts])
        facts["cold"] = train.counts == 0
        values = np.zeros((train.n_items, len(FACTS)), dtype=np.float32)
        for name, own in facts.items():
            values[:, FACT[name]] = own
        return cls(values)

    def widened(self, n: int) -> ItemFacts:
        """With items that came after the training: nobody took them."""
        if n == len(self.values):
            return self
        new = np.zeros((n - len(self.values), len(FACTS)), dtype=np.float32)
        new[:, FACT["cold"]] = 1
        if len(self.values):
            new[:, FACT["text_length"]] = np.median(self.values[:, FACT["text_length"]])
        return ItemFacts(np.concatenate([self.values, new]))


def _ages(train: Dataset) -> dict[str, NDArray[np.float64]]:
    """Ages, recent counts and trends; an interaction's age is between 0 and 1."""
    items, times, n = train.log.items, train.log.times, train.n_items
    rows = max(1, len(times))
    # the mean rank of equal times: ordinal times have many
    ends = np.searchsorted(times, times, "left") + np.searchsorted(times, times, "right")
    ages = 1 - ends / (2 * rows)
    count = np.bincount(items, minlength=n)
    first, last = np.zeros(n), np.zeros(n)
    first[items[::-1]] = ages[::-1]  # the log is oldest first, and what is written last stays
    last[items] = ages
    within = [np.bincount(items[ages <= share], minlength=n) for share in RECENT]
    facts = {
        "first_age": first,
        "last_age": last,
        "mean_age": np.bincount(items, ages, n) / np.maximum(1, count),
    }
    longer = [*zip(within[1:], RECENT[1:], strict=True), (count, 1.0)]
    for recent, share, (others, whole) in zip(within, RECENT, longer, strict=True):
        name = f"{share:.0%}".rstrip("%")
        facts[f"recent_{name}"] = np.log1p(recent)
        facts[f"trend_{name}"] = np.log1p(recent) - np.log1p(others * (share / whole))
    return facts


def _takers(train: Dataset) -> dict[str, NDArray[np.float64]]:
    log, n = train.log, train.n_items
    count = np.maximum(1, np.bincount(log.items, minlength=n))
    lengths = np.bincount(log.users, minlength=train.n_users)[log.users]
    places = (position_of(log.users) + 0.5) / lengths if len(log) else np.zeros(0)
    facts = {
        "place": np.bincount(log.items, places, n) / count,
        "takers_length": np.bincount(log.items, np.log1p(lengths), n) / count,
    }
    if log.values is not None and not np.isnan(log.values).all():
        known = ~np.isnan(log.values)
        items, values = log.items[known], log.values[known].astype(np.float64)
        sums = np.bincount(items, values - values.mean(), n)
        facts["value"] = sums / np.maximum(1, np.bincount(items, minlength=n))
    return facts


def features_of(
    terms: FloatArray,
    scores: FloatArray,
    query: Query,
    items: IntArray,
    facts: ItemFacts,
    categories: Categories | None,
) -> FloatArray:
    """(n, terms + len(FEATURES)) float32, finite, of n candidates of one query.

    Args:
        terms: (n, terms) of ``Hybrid.term_scores``.
        scores: (n,) of the first stage.
        items: (n,) the candidates.
    """
    start = terms.shape[1]
    found = np.zeros((len(items), start + len(FEATURES)), dtype=np.float32)
    found[:, :start] = terms
    found[:, start] = scores - scores.max(initial=-np.inf)
    own = facts.values[items]
    found[:, start + len(SCORE) : start + len(SCORE) + len(FACTS)] = own
    person = _person(query, facts)
    more_people = own[:, FACT["people"]] - person[1]
    pair = [more_people, (terms > 0).sum(axis=1), _shared(query, items, categories)]
    found[:, -len(PERSON) - len(PAIR) : -len(PAIR)] = person
    found[:, -len(PAIR) :] = np.stack(pair, axis=1)
    return found


def _person(query: Query, facts: ItemFacts) -> tuple[float, ...]:
    if not len(query):
        return (0.0,) * len(PERSON)
    people = facts.values[query.history, FACT["people"]].astype(np.float64)
    head = facts.values[query.history, FACT["head"]]
    return (
        float(np.log1p(len(query))),
        float(people.mean()),
        float(people.std()),
        float(people[-LATEST:].mean()),
        float(1 - head.mean()),
    )


def _shared(query: Query, items: IntArray, categories: Categories | None) -> FloatArray:
    """(n,) the share of the person's category mix in each item's categories."""
    mix = categories.mix(query) if categories is not None else None
    if categories is None or mix is None:
        return np.zeros(len(items), dtype=np.float32)
    pairs = categories.of_items(items)
    shares = np.bincount(pairs.entry, mix.shares[pairs.category], len(items))
    return np.asarray(shares, dtype=np.float32)
