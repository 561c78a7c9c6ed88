"""Writing a user's interest words one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.scorers.interest_words.numpy_network import HistoryState, Network
from recommender.engine.text.lexicon import Lexicon
from recommender.engine.text.tokenizers import tokenize

WRITER_SHARE = 0.3
"""Share of the writer's probabilities; the rest are the reader's. On held-out windows the writer
alone names fewer of the next words, and without it words repeat."""

TOPICAL = 0.25
"""Exponent of a word's topicality: common words are likely, but not informative."""

PHRASE = 1.5
"""Factor of a category's whole name over one of its words, because it reads better."""


class WordWriter:
    """Chooses words greedily; no word repeats another one.

    ``topical`` (n_words,): how similar the items with the word are.
    """

    def __init__(self, network: Network, lexicon: Lexicon, topical: FloatArray) -> None:
        self.network, self.lexicon, self.topical = network, lexicon, topical

    def write(
        self,
        history: HistoryState,
        likely: Callable[[HistoryState], FloatArray],
        n: int,
        *,
        unwanted: set[int],
        named: Iterable[int],
    ) -> dict[int, float]:
        """At most ``n`` words with weights that fall from 1.

        ``likely``: (n_words,) probabilities of the next word. No ``unwanted`` word is written, and
        no word that repeats a ``named`` one.
        """
        open_words = self.lexicon.writable.copy()
        open_words[list(unwanted)] = False
        for word in named:
            open_words &= ~self._repeats(word)
        read, value, first = likely(history), 0.0, 0.0
        written: dict[int, float] = {}
        while len(written) < n and open_words.any():
            worth = self._worth((1 - WRITER_SHARE) * read + WRITER_SHARE * likely(history))
            word = int(np.where(open_words, worth, -np.inf).argmax())
            value = float(worth[word]) if not written else min(value, float(worth[word]))
            first = first or value
            written[word] = round(value / first, 3) if first > 0 else 1.0
            open_words &= ~self._repeats(word)
            history = self.network.wrote(history, word)
        return written

    def _worth(self, likely: FloatArray) -> FloatArray:
        """(n_words,) value of each word as the next written one."""
        return np.asarray(likely * self.topical**TOPICAL * np.where(self._is_phrase, PHRASE, 1))

    @cached_property
    def _is_phrase(self) -> BoolArray:
        """(n_words,)"""
        return np.array([" " in word for word in self.lexicon.words], dtype=bool)

    def _repeats(self, word: int) -> BoolArray:
        """(n_words,) the word itself, and phrases that share a word with it."""
        own = self._pieces[word]
        return np.array([not own.isdisjoint(other) for other in self._pieces], dtype=bool)

    @cached_property
    def _pieces(self) -> list[frozenset[str]]:
        """The single words of each entry, such as ``candles`` of "candles and lights"."""
        return [
            frozenset(tokenize(word)) if " " in word else frozenset((word,))
            for word in self.lexicon.words
        ]
