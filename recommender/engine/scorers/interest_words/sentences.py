"""One sentence about a user's interests, from the words; equal words give equal sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HAN, _SPACED = "\u3400-\u9fff", "A-Za-z0-9"
_SEAM = re.compile(f"(?<=[{_HAN}])(?=[{_SPACED}])|(?<=[{_SPACED}+#])(?=[{_HAN}])")

MAIN, FURTHER = 3, 3
"""Most main words, and most further words after them."""


@dataclass(frozen=True)
class Grammar:
    """``one``: sentence of the main words; ``two``: of main and further words.

    ``comma`` and ``last`` separate the words of a list, ``long_last`` if a word has ``last`` in
    it. ``without`` and ``only``: sentences of what a person leaves out, and of what alone they
    want.
    """

    one: str
    two: str
    comma: str
    last: str
    without: str = " – {things}."
    only: str = " {things}."
    long_last: str = ", "

    def listed(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            return "".join(words)
        # "candles and lights, and garden": a comma tells the words apart
        last = self.long_last if any(self.last in word for word in words[:-1]) else self.last
        return self.comma.join(words[:-1]) + last + words[-1]


GRAMMARS = {
    "en": Grammar(
        "{main}.",
        "{main}, with some {further}.",
        ", ",
        " and ",
        " Nothing with {things}.",
        " Only {things}.",
        ", and ",
    ),
    "zh": Grammar(
        "{main}。",
        "{main}，还有一些{further}。",
        "、",
        "和",
        "不要{things}。",
        "只要{things}。",
        "、",
    ),
}
PLAIN = Grammar("{main}.", "{main}, {further}.", ", ", ", ")
"""For all other languages: a plain list of words is correct in each."""


def sentence(words: Sequence[str], language: str) -> str:
    """``words``: best first; ``language``: a code such as ``en`` or ``zh-hans``.

    Empty without words.
    """
    grammar = _grammar(language)
    main, further = words[:MAIN], words[MAIN : MAIN + FURTHER]
    if not main:
        return ""
    form = grammar.two if further else grammar.one
    return _begun(form.format(main=grammar.listed(main), further=grammar.listed(further)))


def _begun(written: str) -> str:
    """A sentence with a capital at its begin, but iOS stays; spaced where scripts meet."""
    first = written.split(" ", 1)[0]
    if first == first.lower():
        written = written[0].upper() + written[1:]
    return _SEAM.sub(" ", written)


def left_out_sentences(without: Sequence[str], only: Sequence[str], language: str) -> str:
    """What follows a sentence of interests: the things that a person leaves out."""
    grammar = _grammar(language)
    said = grammar.without.format(things=grammar.listed(without)) if without else ""
    said += grammar.only.format(things=grammar.listed(only)) if only else ""
    return _SEAM.sub(" ", said)


def _grammar(language: str) -> Grammar:
    return GRAMMARS.get(language.replace("_", "-").split("-")[0].lower(), PLAIN)
