"""Counts what lists are made of: for monitoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from config.metrics import LISTS, PLACES, SOURCES
from recommender.engine.data.head_tail import HEAD_SHARE
from recommender.serving.item_lists import ItemList


def count_lists(catalog: str, lists: Sequence[ItemList]) -> None:
    """Count served lists, their items, and the sources of these; ``catalog``: its slug.

    The head is the best known fifth of the items.
    """
    cards = [card for each in lists for card in each.cards]
    for fallback, number in Counter(each.fallback or "none" for each in lists).items():
        LISTS.labels(catalog, fallback).inc(number)
    tails = (card.popularity_rank >= HEAD_SHARE for card in cards)
    for tail, number in Counter(tails).items():
        PLACES.labels(catalog, "tail" if tail else "head").inc(number)
    for source, number in Counter(name for card in cards for name in card.sources).items():
        SOURCES.labels(catalog, source).inc(number)
