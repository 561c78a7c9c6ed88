"""A sentence about an interest, worded by an external language model; only one that can be shown is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from recommender.llm import prompts
from recommender.llm.language_model import LanguageModel

MAX_TOKENS = 80
LONGEST = 240
#: The strongest words; a sentence cannot hold more.
WORDS_TOLD = 8
#: What a sentence about somebody must not say: it would claim to know them, praise, or speak of itself.
_UNFIT = re.compile(
    r"[!！?？\n<>{}\[\]`]|https?:|\b(?:AI|I|we|you|your|sentence|words?|user)\b|您|你|我|词语|句子",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def worded(
    model: LanguageModel, words: Sequence[str], language: str, is_blocked: Callable[[str], bool]
) -> str | None:
    """A sentence with at least half of the words in it; None where the model has none that can be shown."""
    told = list(words[:WORDS_TOLD])
    answer = model.ask(prompts.wording(told, language), max_tokens=MAX_TOKENS) if told else None
    sentence = " ".join((answer or "").strip().strip("\"“”'").split())
    if not sentence or is_blocked(sentence) or not is_fit(sentence, told, language):
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
