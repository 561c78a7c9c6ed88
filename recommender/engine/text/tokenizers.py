"""Split text into words, by the script of each run of characters.

rjieba splits Han characters. Other scripts without spaces (kana, Thai, Lao, Khmer, Burmese) become
overlapping pairs of characters. Everything else is split at white space and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import rjieba

from recommender.engine.text.normal_forms import folded, for_reading
from recommender.engine.text.stopwords import stop_words

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_UNSPACED = "\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_SPACED = rf"[^\W_{_HAN}{_UNSPACED}]+"
_RUN = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<unspaced>[{_UNSPACED}]+)|(?P<word>{_SPACED}(?:['’]{_SPACED})?)"
)
_LETTER = rf"[^\W\d_{_HAN}]"
_PIECE = re.compile(rf"[{_HAN}]+|{_LETTER}+(?:['’]{_LETTER}+)?")
_JOINT = re.compile("[ \u00a0-]?")
"""What may stand between the words of a run."""

_ANY_HAN = re.compile(f"[{_HAN}]")
LONGEST = 3
"""Words of a phrase."""

_POSSESSIVE = re.compile(r"['’]s?$")
_APOSTROPHE = re.compile(r"['’]")


def tokenize(text: str) -> list[str]:
    """The words of a text in order, without stop words.

    Width, case, accents, Chinese script and English plurals are folded.
    """
    unwanted = stop_words()
    return [_singular(word) for word in _words(text) if word not in unwanted]


def folded_word(word: str) -> str:
    """One word in the form that ``tokenize`` returns; it is not split, and stop words stay."""
    return _singular(_APOSTROPHE.sub("", _POSSESSIVE.sub("", folded(word))))


def has_han(text: str) -> bool:
    return bool(_ANY_HAN.search(text))


@dataclass(frozen=True, slots=True)
class Token:
    """A word as ``tokenize`` folds it, and as it is written."""

    word: str
    written: str


@lru_cache(50_000)
def segments(text: str) -> tuple[tuple[Token, ...], ...]:
    """The runs of adjacent words of a text: punctuation, numbers and stop words end a run."""
    return tuple(tuple(segment) for segment in _segments(text))


def _segments(text: str) -> Iterator[list[Token]]:
    own: list[Token] = []
    end, unwanted = 0, stop_words()
    for found in _PIECE.finditer(text):
        if not _JOINT.fullmatch(text, end, found.start()) and own:
            yield own
            own = []
        end = found.end()
        for token in _tokens(found.group()):
            if token.written.casefold() not in unwanted:
                own.append(token)
            elif own:
                yield own
                own = []
    if own:
        yield own


def _tokens(run: str) -> Iterator[Token]:
    if not has_han(run):
        yield Token(_folded(run), run)
        return
    plain, at = for_reading(run), 0
    for piece in rjieba.cut(plain):
        end = at + len(piece)
        yield Token(piece, run[at:end] if len(plain) == len(run) else piece)
        at = end


@lru_cache(100_000)
def _folded(run: str) -> str:
    return folded_word(run)


def runs_of(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """All runs of two to ``LONGEST`` adjacent tokens."""
    for length in range(2, LONGEST + 1):
        for start in range(len(tokens) - length + 1):
            yield tuple(tokens[start : start + length])


def key_of(words: Sequence[str]) -> str:
    """A phrase as one entry of the lexicon: Chinese words are written without spaces."""
    joined = words[0]
    for before, word in pairwise(words):
        joined += ("" if has_han(before) and has_han(word) else " ") + word
    return joined


def phrases_in(
    text: str, phrases: Mapping[tuple[str, ...], str]
) -> Iterator[tuple[str, tuple[Token, ...]]]:
    """The key and the tokens of each of ``phrases`` in a text, as often as they occur."""
    for segment in segments(text):
        for run in runs_of(segment):
            if key := phrases.get(tuple(token.word for token in run)):
                yield key, run


def _words(text: str) -> Iterator[str]:
    for run in _RUN.finditer(folded(text)):
        if run.lastgroup == "han":
            yield from rjieba.cut(run.group())
        elif run.lastgroup == "unspaced":
            yield from _pairs(run.group())
        else:
            yield _APOSTROPHE.sub("", _POSSESSIVE.sub("", run.group()))


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def _singular(word: str) -> str:
    """The S-stemmer of Harman 1991: it folds three plural endings, so that words stay readable."""
    if len(word) < 4 or not word.endswith("s") or not word.isascii():
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("us", "ss", "is")) else word[:-1]
