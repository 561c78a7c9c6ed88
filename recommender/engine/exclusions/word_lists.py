"""Lists of small words, kept in ``word_lists.tsv``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("word_lists.tsv")


def word_list(name: str) -> frozenset[str]:
    """The words of one list.

    Raises:
        KeyError: for a list that is not there.
    """
    return _lists()[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {name: frozenset(words.split()) for name, words in rows}
