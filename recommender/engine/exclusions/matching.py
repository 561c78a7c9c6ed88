"""Finds the items whose texts say a word, in all of its forms and not in a negation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, lru_cache

import numpy as np
import rjieba

from recommender.engine.exclusions.folding import HAN, folded_name, folded_text
from recommender.engine.exclusions.searchable_item import SearchableItem
from recommender.engine.exclusions.word_forms import ends_well, stems_of
from recommender.engine.exclusions.word_index import NOWHERE, IndexedTexts, Offsets

Found = frozenset[int]
NOTHING: Found = frozenset()
_LATIN = re.compile("[a-z0-9]+")
_LETTERS = re.compile(r"[a-z0-9]*(?:'s|')?")
_DENIED_BEFORE = re.compile(
    r"(?:\b(?:no|not|non|without|free of|free from|zero|any|never)[ -](?:any |added |the |a |an )?"
    r"|(?:无|不含|不加|不放|不用|没有|没|无需|不需要|免|不要|未加|零|不|不使用|不含有)(?:任何)?)$"
)
_DENIED_AFTER = re.compile(r"(?:-free|[ -]less)\b")
_BEFORE = 22
LEAST_PART = 3
"""Letters of the shortest word that a compound is made of."""

LEAST_BEGINNING = 5
"""Letters of a word that may begin a compound: candle, candleholder; but not cup, cupcake."""


class SearchableItems:
    """The items of a catalogue, to be searched by the forms of words."""

    def __init__(self, items: Sequence[SearchableItem]) -> None:
        self.items = items
        self._texts = IndexedTexts(
            (place, folded_text(f"{item.title}\n{item.text}")) for place, item in enumerate(items)
        )
        self.by_category = _by_name(item.categories for item in items)
        self._categories = list(self.by_category.values())
        self._names = IndexedTexts(enumerate(self.by_category))

    def __len__(self) -> int:
        return len(self.items)

    def build(self) -> None:
        """Make every table now, which the first search would wait for."""
        self._texts.build()
        self._names.build()
        _table = self._by_singular

    @cached_property
    def by_value(self) -> dict[str, set[int]]:
        """Positions by attribute value or provider."""
        return _by_name((item.provider, *item.values) for item in self.items)

    @cached_property
    def _by_singular(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for table in (self.by_category, self.by_value):
            for name, members in table.items():
                found.setdefault(folded_name(name), set()).update(members)
        return found

    def named(self, names: Iterable[str]) -> Found:
        """Positions of the items with a category, provider or value of one of the folded names."""
        return frozenset[int]().union(*(self._by_singular.get(name, ()) for name in names))

    def with_forms(self, forms: Iterable[str], unlike: Collection[str] = ()) -> Found:
        """Positions of the items that say one of the folded forms, categories included."""
        found: set[int] = set()
        named: set[int] = set()
        for form in forms:
            plain = form.rstrip("$")
            clashes = [(word, word.index(plain)) for word in unlike if plain in word]
            _add_saying(self._texts, form, clashes, self._texts.words, found)
            _add_saying(self._names, form, clashes, self._texts.words, named)
        return frozenset(found.union(*(self._categories[place] for place in named)))

    def in_language(self, code: str) -> Found:
        """Positions of the items in a language."""
        return frozenset(
            place
            for place, item in enumerate(self.items)
            if item.language.split("-")[0].lower() == code
        )


def _by_name(names: Iterable[Iterable[str]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for place, of_item in enumerate(names):
        for name in of_item:
            if name:
                found.setdefault(folded_text(name), set()).add(place)
    return found


def _add_saying(
    texts: IndexedTexts,
    form: str,
    clashes: list[tuple[str, int]],
    words: Collection[str],
    found: set[int],
) -> None:
    """Add the places that say a form, outside ``clashes`` (phrase, offset of the form) and
    negations. ``words``: of all items; a compound is made of them.
    """
    is_han = HAN.search(form) is not None
    offsets = texts.han(form.rstrip("$")) if is_han else _word_hits(texts, form, words)
    if not len(offsets):
        return
    end = len(form.rstrip("$"))
    places = texts.places_of(offsets)
    for at, place in zip(offsets.tolist(), places.tolist(), strict=True):
        if place in found or _is_other(texts.text, at, clashes):
            continue
        if is_denied(texts.text, at, at + end):
            continue
        if not (is_han and form.endswith("$")) or _is_head(texts.text, form[:-1], at):
            found.add(place)


def _is_other(text: str, at: int, clashes: list[tuple[str, int]]) -> bool:
    return any(text.startswith(word, at - offset) for word, offset in clashes)


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether a text says of itself that it is without what stands there: "no sugar", 无糖."""
    before = text[max(0, start - _BEFORE) : start]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(text, end))


def _is_head(text: str, form: str, at: int) -> bool:
    """Whether a form is a word, or the end of a word: 鲈鱼, but not 鱼香."""
    start, end = at, at + len(form)
    while start > at - 6 and HAN.match(text[start - 1]):
        start -= 1
    while end < at + 6 and end < len(text) and HAN.match(text[end]):
        end += 1
    place = start
    for word in _cut(text[start:end]):
        place += len(word)
        if place > at:
            return word.endswith(form)
    return False


@lru_cache(maxsize=20_000)
def _cut(run: str) -> tuple[str, ...]:
    return tuple(rjieba.cut(run))


def _word_hits(texts: IndexedTexts, form: str, words: Collection[str]) -> Offsets:
    """Where a form of a word begins, ascending."""
    stems = stems_of(form)
    first = _LATIN.match(form)
    if first is None or first.end() < len(form):
        found = _phrase_hits(texts, stems, words, first.group() if first else "")
    else:
        found = [
            texts.words[word] + at
            for stem in stems
            for word, at in texts.words_with(stem)
            if _is_word(word, stem, at, words)
        ]
    return np.unique(np.concatenate(found)) if found else NOWHERE


def _phrase_hits(
    texts: IndexedTexts, stems: Iterable[str], words: Collection[str], first: str
) -> list[Offsets]:
    """Of a form with a space or a hyphen, which mean the same, or with signs, as ``.net``."""
    found = []
    for stem in stems:
        written = re.escape(stem).replace("\\ ", "[ -]").replace("\\-", "[ -]")
        pattern = re.compile(written)
        hits: Iterable[int] = (
            (at for at in texts.words.get(first, NOWHERE).tolist() if pattern.match(texts.text, at))
            if first
            else (match.start() for match in pattern.finditer(texts.text))
        )
        good = [at for at in hits if _is_word(texts.text, stem, at, words)]
        found.append(np.array(good, dtype=np.int64))
    return found


def _is_word(text: str, stem: str, at: int, words: Collection[str]) -> bool:
    tail = _LETTERS.match(text, at + len(stem))
    ending = tail.group() if tail else ""
    begins = at == 0 or not _is_letter(text[at - 1])
    if begins and ends_well(stem, ending):
        return True
    if not begins and ends_well(stem, ending):
        return _ends_compound(text, stem, at, words)
    return begins and len(stem) >= LEAST_BEGINNING and _is_known(words, ending, LEAST_PART + 1)


def _ends_compound(text: str, stem: str, at: int, words: Collection[str]) -> bool:
    start = at
    while start > 0 and _is_letter(text[start - 1]):
        start -= 1
    return len(stem) >= LEAST_PART and _is_known(words, text[start:at], LEAST_PART)


def _is_known(words: Collection[str], word: str, least: int) -> bool:
    """Whether the texts have this word on its own."""
    word = word.removesuffix("'s")
    return len(word) >= least and (word in words or f"{word}s" in words or word[:-1] in words)


def _is_letter(char: str) -> bool:
    return "a" <= char <= "z" or "0" <= char <= "9"
