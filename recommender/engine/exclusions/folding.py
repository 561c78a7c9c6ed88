"""One form of texts, so that what people say and what items say can be compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import opencc

from recommender.engine.text.tokenizers import folded_word

_ES = ("ches", "shes", "sses", "xes")
LEAST_ES = 5
"""Letters of ``axes``, which has no e to lose."""

HAN = re.compile("[\u3400-\u9fff]")


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def folded_text(text: str) -> str:
    """Small letters of one width, simplified characters, plain apostrophes."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return str(_simplified().convert(plain)) if HAN.search(plain) else plain


@lru_cache(maxsize=10_000)
def folded_name(name: str) -> str:
    """A name as it is looked up: folded, single spaces, its last word in the singular."""
    words = folded_text(name).replace("'", "").split()
    return " ".join([*words[:-1], _singular(words[-1])]) if words else ""


def _singular(word: str) -> str:
    """``crunches`` as ``crunch``: the stemmer of the tokenizer leaves an e there."""
    return word[:-2] if word.endswith(_ES) and len(word) > LEAST_ES else folded_word(word)
