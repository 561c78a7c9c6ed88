"""Has an external language model word a sentence about an interest, and checks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from recommender.llm import prompts
from recommender.llm.language_model import LanguageModel

MAX_TOKENS = 80
LONGEST = 240
MAX_WORDS = 8
"""The strongest words: a sentence cannot hold more."""

# A sentence must not claim to know the person, praise them, or describe itself.
_UNFIT = re.compile(
    r"[!！?？\n<>{}\[\]`]|https?:|\b(?:AI|I|we|you|your|sentence|words?|user)\b|您|你|我|词语|句子",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def worded(
    model: LanguageModel, words: Sequence[str], language: str, is_blocked: Callable[[str], bool]
) -> str | None:
    """A sentence with at least half of the words. None if the model's answer cannot be shown."""
    strongest = list(words[:MAX_WORDS])
    answer = (
        model.ask(prompts.wording(strongest, language), max_tokens=MAX_TOKENS)
        if strongest
        else None
    )
    sentence = " ".join((answer or "").strip().strip("\"“”'").split())
    if not sentence or is_blocked(sentence) or not is_fit(sentence, strongest, language):
        return None
    return sentence


def is_fit(sentence: str, words: Sequence[str], language: str) -> bool:
    """Whether a sentence is short, plain, in the language, and about the words."""
    named = sum(word.casefold() in sentence.casefold() for word in words)
    chinese = bool(_HAN.search(sentence))
    return (
        len(sentence) <= LONGEST
        and not _UNFIT.search(sentence)
        and (chinese or language != "zh-hans")
        and 2 * named >= len(words)
    )
