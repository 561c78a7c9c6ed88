"""Words as the catalogue writes them: brushes for brush, SQL in capitals, L'Oréal with both."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from recommender.engine.data.dataset import Items
from recommender.engine.text.parts_of_speech import is_known
from recommender.engine.text.tokenizers import Token, key_of, phrases_in, segments

Form = TypeVar("Form", str, tuple[str, ...])

SHORT = 4
"""Up to this length a word is no sign of how a title uses capitals: of, and, with."""

DESCRIPTION_LETTERS = 300
"""Of a description, what is read for capitals."""

NAME, FEW = 0.9, 3
"""Share of a word's places with a capital, and number of places, from which on it is a name."""

MOSTLY = 0.7
"""Share of capitals in a text that shouts: it does not tell how a word is written."""

BELOW = " > "
"""Between the parts of a category's path."""


@dataclass
class Writings:
    """How often each folded word is written how.

    ``spelled``: in lower case, plurals and accents as written. ``cased``: by lower-case spelling,
    as written in texts that are not all in capitals; ``free``: those after the first word of a
    text in which most words begin in lower case, so that a capital means something.
    """

    spelled: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    cased: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    free: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def read(self, text: str, *, times: int = 1, spells: bool = True) -> None:
        tokens = [token for segment in segments(text) for token in segment]
        for token in tokens if spells else ():
            self.spelled[token.word][_plain(token)] += times
        if _shouts(text):
            return
        long = [token.written for token in tokens if len(token.written) > SHORT]
        lower = sum(written[0].islower() for written in long)
        for at, token in enumerate(tokens):
            self.cased[_plain(token)][_own(token.written)] += times
            if at and 2 * lower > len(long):
                self.free[_plain(token)][_own(token.written)] += times

    def form(self, word: str) -> str:
        """A folded word in its most common spelling and case."""
        spellings = self.spelled.get(word)
        return self.in_case(_most_common(spellings) if spellings else word)

    def in_case(self, spelling: str) -> str:
        """A spelling in lower case, as it is written amid other words."""
        seen = self.cased.get(spelling)
        if not seen:
            return spelling
        written = _most_common(seen)
        if written[1:] != written[1:].lower():
            sure = seen[written] >= (0.5 if not is_known(spelling) else NAME) * seen.total()
            return written if sure and seen[written] >= 2 else spelling
        free = self.free.get(spelling, Counter())
        if free.total() >= FEW:
            return spelling if free[spelling] > (1 - NAME) * free.total() else written
        is_name = (
            seen.total() > 1
            and not is_known(spelling)
            and seen[spelling] <= (1 - NAME) * seen.total()
        )
        return written if is_name else spelling


def written_forms(
    items: Items,
    words: Sequence[str],
    categories: Mapping[str, str],
    phrases: Mapping[str, tuple[str, ...]],
) -> tuple[str, ...]:
    """The forms of ``words``, then of ``phrases``. ``categories``: names by entry of ``words``."""
    writings = Writings()
    for text, times in Counter(chain(items.titles, *items.categories)).items():
        writings.read(text, times=times)
    for text in items.descriptions:
        writings.read(text[:DESCRIPTION_LETTERS], spells=False)
    is_plain = not _uses_title_case(categories.values())
    found = [
        _category_form(categories[word], writings if is_plain else None)
        if word in categories
        else writings.form(word)
        for word in words
    ]
    return (*found, *_phrase_forms(items, phrases, writings))


def _phrase_forms(
    items: Items, phrases: Mapping[str, tuple[str, ...]], writings: Writings
) -> list[str]:
    by_words = {words: key for key, words in phrases.items()}
    seen: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for text in items.titles if by_words else ():
        for key, run in phrases_in(text, by_words):
            seen[key][tuple(map(_plain, run))] += 1
    return [
        key_of([writings.in_case(word) for word in _most_common(seen[key])])
        if key in seen
        else key_of(words)
        for key, words in phrases.items()
    ]


def _uses_title_case(names: Iterable[str]) -> bool:
    """Whether most names of several words begin each of them with a capital."""
    several = [name.split() for name in names if " " in name]
    later = [word for words in several for word in words[1:] if len(word) > SHORT]
    return sum(word[0].isupper() for word in later) * 2 > len(later) or not later


def _category_form(name: str, writings: Writings | None) -> str:
    """A category as it is written; without a capital at its begin if others are sentences."""
    name = name.rpartition(BELOW)[2].strip()
    first, _, rest = name.partition(" ")
    if writings is None or not is_known(first.casefold()):
        return name
    return f"{writings.in_case(first.casefold())} {rest}".strip()


def _shouts(text: str) -> bool:
    upper = sum(char.isupper() for char in text)
    return upper >= MOSTLY * sum(char.isalpha() for char in text) and len(text) > SHORT


def _own(written: str) -> str:
    return written.removesuffix("'s").removesuffix("’s")


def _plain(token: Token) -> str:
    """In lower case, and without a possessive ending."""
    return _own(token.written.casefold())


def _most_common(counter: Counter[Form]) -> Form:
    return min(counter.items(), key=lambda entry: (-entry[1], entry[0]))[0]
