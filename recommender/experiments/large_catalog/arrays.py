"""A synthetic catalogue in the engine's form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.experiments.large_catalog.events import KINDS, EventChunk, event_chunks
from recommender.experiments.large_catalog.people import Crowd, make_crowd
from recommender.experiments.large_catalog.stock import Size, Stock, make_stock
from recommender.experiments.large_catalog.texts import item_texts

CONFIDENCE: Mapping[str, float] = MappingProxyType(
    {"view": 0.3, "take": 1.0, "like": 1.0, "save": 1.0}
)
"""Confidence by kind of event: the defaults of a catalogue."""


def synthetic_log(items: int, people: int, events: int, seed: int) -> Dataset:
    """The same numbers and seed give the same data.

    It takes 21 bytes an event, and about 1 kB an item for the texts.

    Raises:
        DataError: if a number is below 1 or too large.
    """
    stock, _crowd, chunks = synthesize(Size(items, people, events), seed)
    users, taken = np.empty(events, np.int32), np.empty(events, np.int32)
    weights, times = np.empty(events, np.float32), np.empty(events, np.int64)
    confidence = np.array([CONFIDENCE[kind] for kind in KINDS], dtype=np.float32)
    end = 0
    for chunk in chunks:
        begin, end = end, end + len(chunk)
        users[begin:end], taken[begin:end] = chunk.people, chunk.items
        weights[begin:end], times[begin:end] = confidence[chunk.kinds], chunk.times
    return Dataset(synthetic_items(stock, seed), Log(users, taken, weights, times), people)


def synthetic_items(stock: Stock, seed: int) -> Items:
    """The texts of all items; equal categories and providers are one object each."""
    titles, descriptions, categories, providers = [], [], [], []
    once: dict[object, object] = {}
    for text in item_texts(stock, seed):
        titles.append(text.title)
        descriptions.append(text.description)
        categories.append(once.setdefault(text.categories, text.categories))
        providers.append(once.setdefault(text.provider, text.provider))
    return Items(titles, descriptions, categories, providers)  # type: ignore[arg-type]


def synthesize(size: Size, seed: int) -> tuple[Stock, Crowd, Iterator[EventChunk]]:
    """Items, people, and the events as they are made, week by week."""
    stock = make_stock(size.items, np.random.default_rng([seed, 0]))
    crowd = make_crowd(size.people, stock, seed)
    return stock, crowd, event_chunks(stock, crowd, size.events, seed)
