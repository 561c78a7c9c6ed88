"""Sets a title without measuring fonts: breaks Chinese between characters, Latin between words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

NEVER_FIRST = set("、。，．：；！？）」』】》〉”’…—·,.:;!?)]}%")
NEVER_LAST = set("（「『【《〈“‘([{")
PIECES = re.compile(r"[一-鿿㐀-䶿぀-ヿ＀-￯　-〿]|[^\s一-鿿㐀-䶿぀-ヿ＀-￯　-〿]+|\s+")
NARROW, WIDE = set("iljtfrI.,:;'|!()[] "), set("mwMW@%")


def width(text: str) -> float:
    """Width in em, by classes of letters; within about 5 % for the serif fonts in use."""
    return sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in NARROW:
        return 0.33
    if letter in WIDE:
        return 0.9
    return 0.72 if letter.isupper() else 0.56


def lines(text: str, measure: float, most: int) -> list[str] | None:
    """Break into at most ``most`` lines of ``measure`` em; None if it does not fit."""
    done: list[str] = []
    line = ""
    for piece in PIECES.findall(text):
        for part in _split(piece, measure):
            if not line or width((line + part).rstrip()) <= measure or part in NEVER_FIRST:
                line += part
                continue
            carried = line[-1] if line[-1] in NEVER_LAST else ""
            done.append(line[: len(line) - len(carried)].rstrip())
            line = carried + part.lstrip()
    done.append(line.rstrip())
    done = [line for line in done if line]
    return done if len(done) <= most else None


def _split(piece: str, measure: float) -> list[str]:
    """Cut a word that is longer than a line at the line's end."""
    parts = [""]
    for letter in piece:
        if width(parts[-1] + letter) > measure:
            parts.append("")
        parts[-1] += letter
    return parts


@dataclass(frozen=True, slots=True)
class Setting:
    lines: list[str]
    size: float


def fit(text: str, across: float, sizes: tuple[float, ...], most: int) -> Setting:
    """The largest of ``sizes`` at which the text fits ``across`` in ``most`` lines.

    If none fits, the smallest, cut with “…”.
    """
    longest = _longest_word(text)
    for size in sizes:
        found = lines(text, across / size, most)
        # A word is cut only if it does not fit in the smallest size.
        if found is not None and (longest <= across / size or size == sizes[-1]):
            return Setting(_balanced(text, found, across / size, longest), size)
    return Setting(_cut(text, across / sizes[-1], most), sizes[-1])


def _cut(text: str, measure: float, most: int) -> list[str]:
    """As much of the text as fits, with “…”."""
    length = bisect_left(
        range(1, len(text)), True, key=lambda n: lines(text[: n + 1] + "…", measure, most) is None
    )
    return lines(text[:length].rstrip() + "…", measure, most) or ["…"]


def _longest_word(text: str) -> float:
    """Width of the widest piece that should not be cut."""
    return max((width(piece) for piece in PIECES.findall(text)), default=0.0)


def _balanced(text: str, found: list[str], measure: float, least: float) -> list[str]:
    """Avoid a single word or character on the last line.

    The number of lines stays the same, and no line is shorter than ``least``.
    """
    best = found
    while (
        measure * 0.94 > least and len(best) > 1 and width(best[-1]) < 0.4 * max(map(width, best))
    ):
        measure *= 0.94
        if (tried := lines(text, measure, len(found))) is None:
            return best
        best = tried
    return best
