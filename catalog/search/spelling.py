"""Corrects words that a catalogue does not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

import numpy as np
from cachetools import cached
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.models import Catalog
from catalog.models.items import available_items
from catalog.search.keyword_search import MAX_LENGTH, MAX_WORDS, is_han, runs_in, words_in
from config.caching import SharedCache
from config.text_forms import for_search

#: New words are unknown to the corrector for so many seconds; the search finds them at once.
VOCABULARY_SECONDS = 300
#: Shorter words are too similar to others.
SHORTEST, SHORTEST_HAN = 4, 3
LONGEST = 30
#: The words of so many items, the newest: reading a million titles takes minutes.
MOST_ITEMS = 50_000
#: Words of this length or more may have two mistakes.
LONG = 8


def corrected(catalog: Catalog, text: str) -> str | None:
    """The text with each unknown word replaced by the nearest known word.

    The last word may be unfinished. None if no word is unknown, or none is near.
    """
    known = _vocabulary(catalog)
    everything = "\n".join(known)
    typed = runs_in(for_search(text[:MAX_LENGTH]))[:MAX_WORDS]
    meant = [_meant(run, known, everything, begun=run == typed[-1]) for run in typed]
    if meant == typed or None in meant:
        return None
    return " ".join(filter(None, meant))


def _meant(run: str, known: dict[str, int], everything: str, *, begun: bool) -> str | None:
    """The word itself if it is known, else the nearest.

    Unknown Chinese stays if each of its words is known.
    """
    if run in everything:
        return run
    near = nearest(run, known, begun=begun)
    if near is None and is_han(run) and all(word in everything for word in words_in(run)):
        return run
    return near


def nearest(word: str, known: dict[str, int], *, begun: bool = False) -> str | None:
    """The known word with the fewest mistakes, then with the most items; None if none is near.

    A mistake is a letter that is wrong, missing, added, or swapped with its neighbour.
    ``begun``: the word may be the beginning of a longer one.
    """
    most = _mistakes_allowed(word)
    if not most or not known:
        return None
    others = list(known)
    wrong = _mistakes(word, others, most)
    if begun:
        wrong = np.minimum(wrong, _mistakes(word, [other[: len(word)] for other in others], most))
    fewest = wrong.min()
    if fewest > most:
        return None
    return min(
        (others[position] for position in np.flatnonzero(wrong == fewest)),
        key=lambda other: (-known[other], other),
    )


def _mistakes(word: str, others: list[str], most: int) -> NDArray[np.uint8]:
    """(len(others),) mistakes between the word and each other; ``most`` + 1 for more.

    Source: optimal string alignment, Boytsov 2011.
    """
    return process.cdist([word], others, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]


def _mistakes_allowed(word: str) -> int:
    if len(word) < (SHORTEST_HAN if is_han(word) else SHORTEST):
        return 0
    return 2 if len(word) >= LONG else 1


@cached(SharedCache("vocabulary", seconds=VOCABULARY_SECONDS), key=attrgetter("pk"))
def _vocabulary(catalog: Catalog) -> dict[str, int]:
    """Words of titles, providers and categories, with the number of items that have them."""
    items = available_items(catalog).order_by("-pk").values_list("title", "provider")
    texts = items[:MOST_ITEMS].iterator()
    found = dict(_count(f"{title} {provider}" for title, provider in texts))
    return found | dict.fromkeys(_category_words(catalog), 1)


def _count(texts: Iterable[str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(_words(text))
    return counted


def _words(text: str) -> set[str]:
    """The words of a text, and its uncut Chinese, which is often a name."""
    folded = for_search(text)
    return {word for word in (*words_in(folded), *runs_in(folded)) if 1 < len(word) <= LONGEST}


def _category_words(catalog: Catalog) -> set[str]:
    names = catalog.categories.values_list("name", flat=True)
    labels = (
        str(label)
        for texts in catalog.texts.values()
        for label in texts.get("categories", {}).values()
    )
    return {word for text in (*names, *labels) for word in _words(text)}
