"""Finds the items whose texts say a word, in all of its forms and not in a negation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

import rjieba

from recommender.engine.exclusions.folding import HAN, folded_text
from recommender.engine.exclusions.searchable_item import SearchableItem
from recommender.engine.exclusions.word_forms import ends_well, stems_of

Found = frozenset[int]
NOTHING: Found = frozenset()
BREAK = "\n\x1e\n"
"""Between the texts of items; no form contains it."""

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


class _Texts:
    """Folded texts, one after the other; ``places``: what each belongs to."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        found = list(texts)
        self._places = [place for place, _text in found]
        self.text = BREAK.join(["", *(text for _place, text in found), ""])
        self._starts: list[int] = []
        at = len(BREAK)
        for _place, text in found:
            self._starts.append(at)
            at += len(text) + len(BREAK)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words in Latin letters."""
        return frozenset(re.findall(r"[a-z0-9]+", self.text))

    def saying(
        self, form: str, clashes: list[tuple[str, int]], words: Collection[str]
    ) -> Iterator[int]:
        """The places of the texts that say a form."""
        last = -1
        for at in _hits(self.text, form, clashes, words):
            position = bisect_right(self._starts, at) - 1
            if position != last:
                last = position
                yield self._places[position]


def _without_han(texts: Iterable[tuple[int, str]]) -> _Texts:
    """The texts without a Chinese character, of one byte a character: they are searched faster."""
    return _Texts(
        (place, text.encode("latin-1", "replace").decode("latin-1"))
        for place, text in texts
        if not HAN.search(text)
    )


class SearchableItems:
    """The items of a catalogue, to be searched by the forms of words."""

    def __init__(self, items: Sequence[SearchableItem]) -> None:
        self.items = items
        texts = [
            (place, folded_text(f"{item.title}\n{item.text}")) for place, item in enumerate(items)
        ]
        self._han = _Texts((place, text) for place, text in texts if HAN.search(text))
        self._plain = _without_han(texts)
        self.by_category = _by_name(item.categories for item in items)
        self._categories = list(self.by_category.values())
        self._names = _Texts(enumerate(self.by_category))

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def _words(self) -> frozenset[str]:
        return self._han.words | self._plain.words

    @cached_property
    def by_value(self) -> dict[str, set[int]]:
        """Positions by attribute value or provider."""
        return _by_name((item.provider, *item.values) for item in self.items)

    def with_forms(self, forms: Iterable[str], unlike: Collection[str] = ()) -> Found:
        """Positions of the items that say one of the folded forms, categories included."""
        found: set[int] = set()
        for form in forms:
            plain = form.rstrip("$")
            clashes = [(word, word.index(plain)) for word in unlike if plain in word]
            for texts in (self._han,) if HAN.search(form) else (self._han, self._plain):
                found.update(texts.saying(form, clashes, self._words))
            for place in self._names.saying(form, clashes, self._words):
                found |= self._categories[place]
        return frozenset(found)

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


def _hits(
    text: str, form: str, clashes: list[tuple[str, int]], words: Collection[str]
) -> Iterator[int]:
    """Where a text says a form, outside ``clashes`` (phrase, offset of the form) and negations.

    ``words``: of all items; a compound is made of them.
    """
    matches = _han_hits(text, form) if HAN.search(form) else _word_hits(text, form, words)
    end = len(form.rstrip("$"))
    for at in matches:
        if any(text.startswith(word, at - offset) for word, offset in clashes):
            continue
        if not is_denied(text, at, at + end):
            yield at


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether a text says of itself that it is without what stands there: "no sugar", 无糖."""
    before = text[max(0, start - _BEFORE) : start]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(text, end))


def _all(text: str, form: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _han_hits(text: str, form: str) -> Iterator[int]:
    if not form.endswith("$"):
        yield from _all(text, form)
        return
    form = form[:-1]
    for at in _all(text, form):
        if _is_head(text, form, at):
            yield at


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


def _word_hits(text: str, form: str, words: Collection[str]) -> Iterator[int]:
    for stem in stems_of(form):
        for at in _all(text, stem):
            if _is_word(text, stem, at, words):
                yield at


def _is_word(text: str, stem: str, at: int, words: Collection[str]) -> bool:
    tail = _LETTERS.match(text, at + len(stem))
    ending = tail.group() if tail else ""
    begins = not _is_letter(text[at - 1])
    if begins and ends_well(stem, ending):
        return True
    if not begins and ends_well(stem, ending):
        return _ends_compound(text, stem, at, words)
    return begins and len(stem) >= LEAST_BEGINNING and _is_known(words, ending, LEAST_PART + 1)


def _ends_compound(text: str, stem: str, at: int, words: Collection[str]) -> bool:
    start = at
    while _is_letter(text[start - 1]):
        start -= 1
    return len(stem) >= LEAST_PART and _is_known(words, text[start:at], LEAST_PART)


def _is_known(words: Collection[str], word: str, least: int) -> bool:
    """Whether the texts have this word on its own."""
    word = word.removesuffix("'s")
    return len(word) >= least and (word in words or f"{word}s" in words or word[:-1] in words)


def _is_letter(char: str) -> bool:
    return "a" <= char <= "z" or "0" <= char <= "9"
