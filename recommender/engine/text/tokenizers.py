"""Split text into words, by the script of each run of characters.

rjieba splits Han characters. Other scripts without spaces (kana, Thai, Lao, Khmer, Burmese) become
overlapping pairs of characters. Everything else is split at white space and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import rjieba

from recommender.engine.text.normal_forms import folded
from recommender.engine.text.stopwords import stop_words

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_UNSPACED = "\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_SPACED = rf"[^\W_{_HAN}{_UNSPACED}]+"
_RUN = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<unspaced>[{_UNSPACED}]+)|(?P<word>{_SPACED}(?:['’]{_SPACED})?)"
)
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
