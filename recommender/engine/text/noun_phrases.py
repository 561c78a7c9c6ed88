"""Noun phrases of a catalogue's titles: machine learning, cake tins, 数据结构.

A phrase is two or three adjacent words that end with a noun and are met together far more often
than apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log

from recommender.engine.text.empty_words import says_nothing
from recommender.engine.text.normal_forms import for_reading
from recommender.engine.text.parts_of_speech import is_activity, is_describing, is_noun
from recommender.engine.text.tokenizers import (
    LONGEST,
    folded_word,
    has_han,
    key_of,
    runs_of,
    segments,
)

FEWEST = 3
"""Items with a phrase, at least; one more for every ``ITEMS_A_PHRASE`` items of the catalogue."""

ITEMS_A_PHRASE = 2000
TOGETHER = 0.25
"""Of the items with the rarer word, the share that has the phrase, at least."""

ASSOCIATION = 0.3
"""Normalised pointwise mutual information of the words, at least (Bouma 2009)."""

MOST_PHRASES = 4000


def noun_phrases(texts: Sequence[str], items_with: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """The words of each noun phrase by key, most common first.

    Args:
        texts: the title of each item.
        items_with: number of items by folded word.
    """
    counted: Counter[tuple[str, ...]] = Counter()
    written: dict[tuple[str, ...], tuple[str, ...]] = {}
    for text in texts:
        own = {
            tuple(token.word for token in run): tuple(token.written for token in run)
            for segment in segments(text)
            for run in runs_of(segment)
        }
        counted.update(own.keys())
        written |= own
    fewest = FEWEST + len(texts) // ITEMS_A_PHRASE
    found = {
        words: count
        for words, count in counted.items()
        if count >= fewest
        and _is_cohesive(words, counted, items_with, len(texts))
        and _reads_as_phrase([for_reading(each).casefold() for each in written[words]])
    }
    chosen = sorted(_whole(found), key=lambda words: (-found[words], words))[:MOST_PHRASES]
    return {key_of(words): words for words in chosen}


def _whole(found: Mapping[tuple[str, ...], int]) -> Iterator[tuple[str, ...]]:
    """Phrases that are not mostly a part of a longer one."""
    longer: dict[tuple[str, ...], int] = defaultdict(int)
    for words, count in found.items():
        if len(words) == LONGEST:
            for part in (words[1:], words[:-1]):
                longer[part] = max(longer[part], count)
    return (words for words, count in found.items() if longer[words] < 0.7 * count)


def _is_cohesive(
    words: tuple[str, ...],
    counted: Mapping[tuple[str, ...], int],
    items_with: Mapping[str, int],
    n_items: int,
) -> bool:
    together = counted[words]
    if len(words) == LONGEST:
        return all(together >= 0.5 * counted[part] for part in (words[1:], words[:-1]))
    first, second = (max(items_with.get(word, 0), together) for word in words)
    if together < TOGETHER * min(first, second) or len(set(words)) < len(words):
        return False
    surprise = log(together * n_items / (first * second))
    return surprise >= ASSOCIATION * log(n_items / together) if n_items > together else False


def _reads_as_phrase(words: Sequence[str]) -> bool:
    """Whether describing words come before a noun, and none says nothing."""
    *before, head = words
    if not all(len(word) > (1 if has_han(word) else 2) for word in words):
        return False
    if any(says_nothing(folded_word(word)) for word in before) or not all(
        map(is_describing, before)
    ):
        return False
    if is_noun(head):
        return not says_nothing(folded_word(head))
    is_doing = is_activity(head) or (has_han(head) and is_describing(head))
    return is_doing and is_noun(before[-1])
