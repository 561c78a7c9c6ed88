"""One form of texts, so that what people say and what items say can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

from recommender.engine.text.normal_forms import for_reading

HAN = re.compile("[\u3400-\u9fff]")
_ES = ("ches", "shes", "sses", "xes")
_NO_PLURAL = ("us", "ss", "is")
LEAST = 4
"""Letters of the shortest plural."""


def folded_text(text: str) -> str:
    """Small letters of one width, simplified characters, plain apostrophes; accents stay."""
    return for_reading(text).casefold().replace("’", "'")


@lru_cache(maxsize=10_000)
def folded_name(name: str) -> str:
    """A name as it is looked up: folded, single spaces, its last word in the singular."""
    words = folded_text(name).replace("'", "").split()
    return " ".join([*words[:-1], _singular(words[-1])]) if words else ""


def _singular(word: str) -> str:
    """As the tokenizer has it, and ``crunch`` of ``crunches``."""
    if len(word) < LEAST or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(_ES) and len(word) > LEAST + 1:
        return word[:-2]
    return word if word.endswith(_NO_PLURAL) else word[:-1]
