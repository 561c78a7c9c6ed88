"""Setting a title in type without measuring fonts: Chinese breaks between characters, Latin between words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

NEVER_FIRST = set("、。，．：；！？）」』】》〉”’…—·,.:;!?)]}%")
NEVER_LAST = set("（「『【《〈“‘([{")
PIECES = re.compile(r"[一-鿿㐀-䶿぀-ヿ＀-￯　-〿]|[^\s一-鿿㐀-䶿぀-ヿ＀-￯　-〿]+|\s+")
NARROW, WIDE = set("iljtfrI.,:;'|!()[] "), set("mwMW@%")


def width(text: str) -> float:
    """Width in em, by classes of letters; good to about 5 % for the serif faces in use."""
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
    """Break into at most ``most`` lines of ``measure`` em; None when it does not fit."""
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
    """A word that is longer than a line, cut where the line ends."""
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
    """The largest of ``sizes`` at which the text fits ``across`` in ``most`` lines, else the smallest, cut with “…”."""
    for size in sizes:
        if (found := lines(text, across / size, most)) is not None:
            return Setting(_balanced(text, found, across / size), size)
    size = sizes[-1]
    while (found := lines(text + "…", across / size, most)) is None:
        text = text[:-1].rstrip()
    return Setting(found, size)


def _balanced(text: str, found: list[str], measure: float) -> list[str]:
    """No lone word or character on the last line, where as many shorter lines avoid it."""
    best = found
    # Never narrower than the longest Latin word, which would be cut.
    least = max((width(piece) for piece in PIECES.findall(text) if len(piece) > 1), default=0.0)
    while measure * 0.94 > least and len(best) > 1 and width(best[-1]) < 0.4 * max(map(width, best)):
        measure *= 0.94
        if (tried := lines(text, measure, len(found))) is None:
            return best
        best = tried
    return best
