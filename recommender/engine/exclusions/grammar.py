"""Reads from a typed text what somebody leaves out, and what is left of the text without it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from recommender.engine.data.types import Exclusion
from recommender.engine.exclusions import chinese, english
from recommender.engine.exclusions.folding import HAN, folded_text
from recommender.engine.exclusions.phrases import Phrase

MOST = 40
"""Exclusions of one text. What comes after them is not read."""


_BEFORE = re.compile(
    r"(?:(?:^|(?<=[\s,.;!?]))(?:but|and|or|also|so|i|we|she|he|they|i'm|i am|we're|she's|he's"
    r"|please)\s+)+$|(?:但是|但|而且|我|也)+$",
    re.IGNORECASE,
)
"""Small words that belong to the phrase after them."""

_GAPS = re.compile(
    r"\s*[,;:，；：、](?=\s*(?:[,.;:!?，。；：！？]|$))|\s+(?=[.!?。！？])"
    r"|(?<=[.!?。！？])\s*[.!?。！？]+"
)


@dataclass(frozen=True)
class ReadText:
    """``phrases``: in their order, none overlaps another; ``text``: as it was
    written, or folded where only so the places of the phrases fit it."""

    text: str
    phrases: tuple[Phrase, ...] = ()

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """Each meaning once."""
        found = (each for phrase in self.phrases for each in phrase.exclusions)
        return tuple({each.key: each for each in found}.values())[:MOST]

    @property
    def rest(self) -> str:
        """The text without the phrases that leave something out.

        A phrase stays away if the person lifts it: whoever lifts one has not asked for its thing.
        """
        cut = [phrase for phrase in self.phrases if not phrase.stays]
        parts, at = [], 0
        for phrase in cut:
            parts.append(_BEFORE.sub("", self.text[at : phrase.start]))
            at = phrase.end
        return _tidy(" ".join([*parts, self.text[at:]]))


@lru_cache(maxsize=2_000)
def read(text: str) -> ReadText:
    """What a text leaves out. A text without a negation comes back as it was."""
    folded = folded_text(text)
    found = [*english.phrases(folded)]
    if HAN.search(folded):
        found += chinese.phrases(folded)
    chosen = _longest_first(found)
    as_written = not chosen or len(folded) == len(text)
    return ReadText(text if as_written else folded, tuple(chosen))


def _tidy(text: str) -> str:
    return _GAPS.sub("", " ".join(text.split())).strip(" ,;，；、")


def _longest_first(found: list[Phrase]) -> list[Phrase]:
    """Of phrases that overlap, the one that starts first, then the one that ends last."""
    chosen: list[Phrase] = []
    for phrase in sorted(found, key=lambda each: (each.start, each.stays, -each.end)):
        if not chosen or phrase.start >= chosen[-1].end:
            chosen.append(phrase)
    return chosen
