"""Whether a word is a noun: English by TextBlob's lexicon, Chinese by jieba's tags.

A word of another language is taken for a noun: nothing is known against it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import rjieba

from recommender.engine.text.normal_forms import folded

_HAN = re.compile("[\u3400-\u9fff]")
_LEXICON = "textblob/en/en-lexicon.txt"
"""Only this file of the package is read: importing TextBlob would import NLTK."""

_CHINESE_NOUNS = ("n", "vn", "an", "eng", "l", "i", "j", "x")
"""Beginnings of jieba's tags: nouns, verbal nouns, set phrases, abbreviations, unknown words."""

SHORTEST_PART = 3
"""Letters of each half of a compound, such as eye and shadow."""

_ENDINGS = {"ly": "RB", "ing": "VBG", "ed": "VBN"}


@cache
def english_tags() -> dict[str, str]:
    """The most frequent Penn tag of each English word, lower case where both forms are known.

    Source: Brill 1992, as shipped by TextBlob.
    """
    tags: dict[str, str] = {}
    path = Path(str(distribution("textblob").locate_file(_LEXICON)))
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, tag = line.partition(" ")
        if word and not word.startswith(";;;"):
            tags[word] = tag.split(" ")[0]
    return tags


def tag_of(word: str) -> str:
    """The Penn tag of an English word in lower case; ``NN`` for an unknown one."""
    tags = english_tags()
    if tag := tags.get(word) or tags.get(word.capitalize()):
        return tag
    for ending, tag in _ENDINGS.items():
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and (stem in tags or stem + "e" in tags):
            return tag
    return "NN"


def is_noun(word: str) -> bool:
    """Whether a word, in lower case and simplified Chinese, is used as a noun most of the time."""
    if _HAN.search(word):
        return _is_chinese_noun(word)
    return tag_of(word).startswith(("NN", "FW"))


def is_describing(word: str) -> bool:
    """Whether a word may stand before a noun in a phrase: adjectives, participles, nouns."""
    if _HAN.search(word):
        tag = _chinese_tags(word)[-1]
        return tag.startswith((*_CHINESE_NOUNS, "a", "b", "f", "v")) and not tag.startswith("ad")
    return tag_of(word).startswith(("NN", "FW", "JJ", "VBG", "VBN"))


def is_activity(word: str) -> bool:
    """Whether an English word is a verb's form in -ing, which names what people do: knitting."""
    return not _HAN.search(word) and tag_of(word) == "VBG"


def _is_chinese_noun(word: str) -> bool:
    return _chinese_tags(word)[-1].startswith(_CHINESE_NOUNS)


def _chinese_tags(word: str) -> list[str]:
    """A Chinese phrase ends with its head, so the last tag decides."""
    return [tag for _part, tag in rjieba.tag(word)] or ["x"]


def is_known(word: str) -> bool:
    """Whether a word, in lower case, is one of English that is no name, or is made of two."""
    tags, plain = english_tags(), folded(word)
    if any(each in tags for each in (word, plain, plain.removesuffix("s"))):
        return True
    for ending in _ENDINGS:
        stem = plain.removesuffix(ending)
        if stem != plain and (stem in tags or stem + "e" in tags):
            return True
    cuts = range(SHORTEST_PART, len(plain) - SHORTEST_PART + 1)
    return any(plain[:cut] in tags and plain[cut:] in tags for cut in cuts)
