"""More words about an item with a short text, from an external language model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recommender.llm import prompts
from recommender.llm.language_model import LanguageModel

MAX_TOKENS = 120
MOST_NAMES = 12
LONGEST_NAME = 40
_SEPARATOR = re.compile(r"[,，、;；\n•]+|\s[-–]\s")
_EDGES = re.compile(r"^[\s\d.)\-–*•\"“”']+|[\s.。\"“”']+$")


@dataclass(frozen=True)
class Sketch:
    """What the model reads about an item. ``language``: en or zh-hans."""

    title: str
    description: str
    categories: tuple[str, ...]
    language: str


def enriched(model: LanguageModel, item: Sketch) -> str | None:
    """New names, joined by commas. Empty if there are none, None without an answer."""
    asked = prompts.enrichment(item.title, item.description, item.categories, item.language)
    answer = model.ask(asked, max_tokens=MAX_TOKENS)
    if answer is None:
        return None
    known = " ".join((item.title, item.description, *item.categories)).casefold()
    return ("，" if item.language == "zh-hans" else ", ").join(_names(answer, known))


def _names(answer: str, known: str) -> Sequence[str]:
    names: dict[str, None] = {}
    for piece in _SEPARATOR.split(answer):
        name = " ".join(_EDGES.sub("", piece).split())
        if (
            name
            and len(name) <= LONGEST_NAME
            and len(name.split()) <= 4
            and name.casefold() not in known
        ):
            names.setdefault(name.casefold())
    return list(names)[:MOST_NAMES]
