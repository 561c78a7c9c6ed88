"""One sentence of a person's interest, from its words; the same words always give the same sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAIN, FURTHER = 3, 3
"""Words that are named first, and at most so many after them."""


@dataclass(frozen=True)
class Grammar:
    """``one``: a sentence of the main words; ``two``: of the main and the further words; ``comma`` and ``last`` stand
    between the words of a list."""

    one: str
    two: str
    comma: str
    last: str

    def listed(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            return "".join(words)
        return self.comma.join(words[:-1]) + self.last + words[-1]


GRAMMARS = {
    "en": Grammar("{main}.", "{main}, with some {further}.", ", ", " and "),
    "zh": Grammar("对{main}感兴趣。", "对{main}感兴趣，也关注{further}。", "、", "和"),
}
PLAIN = Grammar("{main}.", "{main}, {further}.", ", ", ", ")
"""Of languages whose grammar is not known: a list of words is right everywhere."""


def sentence(words: Sequence[str], language: str) -> str:
    """``words``: best first; ``language``: a code such as ``en`` or ``zh-hans``. Empty for no words."""
    grammar = GRAMMARS.get(language.replace("_", "-").split("-")[0].lower(), PLAIN)
    main, further = words[:MAIN], words[MAIN : MAIN + FURTHER]
    if not main:
        return ""
    form = grammar.two if further else grammar.one
    written = form.format(main=grammar.listed(main), further=grammar.listed(further))
    return written[0].upper() + written[1:]
