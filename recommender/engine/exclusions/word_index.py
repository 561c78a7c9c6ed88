"""Where words stand in many texts: built once, so that a form is found without reading them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.engine.exclusions.folding import HAN

Offsets = NDArray[np.int64]
NOWHERE: Offsets = np.empty(0, dtype=np.int64)
BREAK = "\n\x1e\n"
"""Between the texts of items; no form contains it."""

_WORD = re.compile(r"[a-z0-9]+")


class IndexedTexts:
    """Folded texts, one after the other; ``places``: what each belongs to."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        found = list(texts)
        self.text = BREAK.join(["", *(text for _place, text in found), ""])
        sizes = [len(BREAK) + len(text) for _place, text in found]
        self._places = np.array([place for place, _text in found], dtype=np.int64)
        self._starts = len(BREAK) + np.cumsum([0, *sizes], dtype=np.int64)[:-1]

    def places_of(self, offsets: Offsets) -> Offsets:
        """The place of the text that holds each offset."""
        return self._places[np.searchsorted(self._starts, offsets, side="right") - 1]

    def build(self) -> None:
        """Make every table now, which the first search would wait for."""
        _tables = self.words, self._vocabulary, self._characters

    @cached_property
    def words(self) -> dict[str, Offsets]:
        """Offsets by word in Latin letters."""
        found: dict[str, list[int]] = {}
        for match in _WORD.finditer(self.text):
            found.setdefault(match.group(), []).append(match.start())
        return {word: np.array(offsets, dtype=np.int64) for word, offsets in found.items()}

    @cached_property
    def _vocabulary(self) -> str:
        return "\n".join(["", *self.words, ""])

    def words_with(self, part: str) -> Iterator[tuple[str, int]]:
        """The words that hold a part, each with the offset of the part in it."""
        words = self._vocabulary
        at = words.find(part)
        while at >= 0:
            start, end = words.rindex("\n", 0, at) + 1, words.index("\n", at)
            yield words[start:end], at - start
            at = words.find(part, at + 1)

    @cached_property
    def _characters(self) -> dict[str, Offsets]:
        """Offsets by Chinese character, ascending."""
        codes = self._codes
        places = np.flatnonzero(codes >= ord("\u3400"))
        order = places[np.argsort(codes[places], kind="stable")]
        sorted_codes = codes[order]
        first = np.flatnonzero(np.diff(sorted_codes, prepend=-1))
        parts = np.split(order, first[1:])
        return {chr(codes[part[0]]): part for part in parts if len(part)}

    @cached_property
    def _codes(self) -> NDArray[np.int32]:
        return np.frombuffer(self.text.encode("utf-32-le"), dtype=np.int32)

    def han(self, form: str) -> Offsets:
        """Where a form with Chinese characters begins."""
        tables = [
            (self._characters.get(char, NOWHERE), at)
            for at, char in enumerate(form)
            if HAN.match(char)
        ]
        rarest, shift = min(tables, key=lambda table: len(table[0]))
        starts = rarest - shift
        starts = starts[(starts >= 0) & (starts + len(form) <= len(self._codes))]
        for at, char in enumerate(form):
            if not len(starts):
                break
            starts = starts[self._codes[starts + at] == ord(char)]
        return starts
