"""The words that a catalogue has, and which of them somebody meant who typed another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from cachetools import cached

from catalog.models import Catalog, Item
from catalog.search.keyword_search import MAX_LENGTH, MAX_WORDS, is_han, runs_in, words_in
from config.caching import SharedCache

#: A new item's words may be unknown to the corrector for so long; the search itself always finds them.
VOCABULARY_SECONDS = 300
#: Shorter words differ from too many others by one letter.
SHORTEST, SHORTEST_HAN = 4, 3
LONGEST = 30
#: From this length on a word may have two mistakes.
LONG = 8


def corrected(catalog: Catalog, text: str) -> str | None:
    """The text with each word that the catalogue does not have replaced by the nearest that it has.

    The last word may be one that is still being typed. None where nothing is unknown, or nothing is near.
    """
    known = _vocabulary(catalog)
    everything = "\n".join(known)
    typed = [run.lower() for run in runs_in(text[:MAX_LENGTH])][:MAX_WORDS]
    meant = [_meant(run, known, everything, begun=run == typed[-1]) for run in typed]
    if meant == typed or None in meant:
        return None
    return " ".join(filter(None, meant))


def _meant(run: str, known: dict[str, int], everything: str, *, begun: bool) -> str | None:
    """Itself if the catalogue has it, else the nearest, else, of Chinese, as it is if each of its words is known."""
    if run in everything:
        return run
    near = nearest(run, known, begun=begun)
    if near is None and is_han(run) and all(word in everything for word in words_in(run)):
        return run
    return near


def nearest(word: str, known: dict[str, int], *, begun: bool = False) -> str | None:
    """The known word with the fewest mistakes, of equals the one that most items have; None where none is near.

    ``begun``: it may be the beginning of a longer one.
    """
    most = _mistakes_allowed(word)
    if not most:
        return None
    letters, shortest, longest = set(word), len(word) - most, LONGEST if begun else len(word) + most
    best: tuple[int, int, str] | None = None
    for other, items in known.items():
        if not shortest <= len(other) <= longest or len(letters.difference(other)) > most:
            continue
        wrong = mistakes(word, other, most)
        if begun and len(other) > len(word):
            wrong = min(wrong, mistakes(word, other[: len(word)], most))
        if wrong <= most and (best is None or (wrong, -items, other) < best):
            best = (wrong, -items, other)
    return best[2] if best else None


def mistakes(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many, or swapped with their neighbour; ``most`` + 1 for more.

    Source: optimal string alignment, Boytsov 2011.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        former, before, row = before, row, [i]
        for j, theirs in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != theirs))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, former[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _mistakes_allowed(word: str) -> int:
    if len(word) < (SHORTEST_HAN if is_han(word) else SHORTEST):
        return 0
    return 2 if len(word) >= LONG else 1


@cached(SharedCache("vocabulary", seconds=VOCABULARY_SECONDS), key=attrgetter("pk"))
def _vocabulary(catalog: Catalog) -> dict[str, int]:
    """Words of titles, providers and categories, by the number of items that have them."""
    items = Item.objects.filter(catalog=catalog, available=True)
    found = dict(_count(f"{title} {provider}" for title, provider in items.values_list("title", "provider")))
    return found | dict.fromkeys(_category_words(catalog), 1)


def _count(texts: Iterable[str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(_words(text))
    return counted


def _words(text: str) -> set[str]:
    """The words of a text and its runs of Chinese, which are names more often than sentences."""
    return {word.lower() for word in (*words_in(text), *runs_in(text)) if 1 < len(word) <= LONGEST}


def _category_words(catalog: Catalog) -> set[str]:
    names = catalog.categories.values_list("name", flat=True)
    labels = (str(label) for texts in catalog.texts.values() for label in texts.get("categories", {}).values())
    return {word for text in (*names, *labels) for word in _words(text)}
