"""Writing a user's interest words one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.types import BoolArray, FloatArray
from recommender.engine.scorers.interest_words.numpy_network import HistoryState, Network
from recommender.engine.text.lexicon import Kind, Lexicon

WRITER_SHARE = 0.1
"""Share of the writer's view; the rest is the reader's. On held-out parts of logs the writer alone
names fewer of the next words."""

NAMED = 1.2
"""Factor of a category or phrase over a single word, because it says more."""

OWN = 0.5
"""Exponent of how usual a word is, in the order of the words that were chosen."""

LEADING = 0.2
"""Worth of a phrase, beside the most valuable word, from which on it comes before all words."""


class WordWriter:
    """Chooses words greedily; no word repeats another one."""

    def __init__(self, network: Network, lexicon: Lexicon) -> None:
        self.network, self.lexicon = network, lexicon

    def write(
        self,
        history: HistoryState,
        likely: Callable[[HistoryState], FloatArray],
        n: int,
        *,
        unwanted: set[int],
        named: Iterable[int],
        usual: FloatArray | None = None,
    ) -> dict[int, float]:
        """At most ``n`` words with weights that fall from 1, categories and phrases first.

        ``likely``: (n_words,) how likely each word is next. ``usual``: the same for anybody; what
        is more likely for this person than for others comes first. No ``unwanted`` word is
        written, and no word that repeats a ``named`` one.
        """
        open_words = self.lexicon.writable.copy()
        open_words[list(unwanted)] = False
        for word in named:
            open_words &= ~self._repeats(word)
        read = likely(history)
        written: dict[int, float] = {}
        while len(written) < n and open_words.any():
            worth = self._worth((1 - WRITER_SHARE) * read + WRITER_SHARE * likely(history))
            word = int(np.where(open_words, worth, -np.inf).argmax())
            written[word] = float(worth[word])
            open_words &= ~self._repeats(word)
            history = self.network.wrote(history, word)
        return _falling(self._names_first(_own_first(written, usual)))

    def _worth(self, likely: FloatArray) -> FloatArray:
        """(n_words,) value of each word as the next written one."""
        return np.asarray(likely * np.where(self._is_name, NAMED, 1))

    def _names_first(self, written: Mapping[int, float]) -> dict[int, float]:
        """Categories and phrases that are likely enough, then the others, each in its order."""
        least = LEADING * max(written.values(), default=0.0)
        leads = [word for word, worth in written.items() if self._is_name[word] and worth >= least]
        return {word: written[word] for word in [*leads, *written]}

    @cached_property
    def _is_name(self) -> BoolArray:
        """(n_words,) categories and phrases."""
        return np.asarray(self.lexicon.kinds != Kind.WORD)

    def _repeats(self, word: int) -> BoolArray:
        """(n_words,) entries that say the same: all words of the one are in the other."""
        shared = np.asarray((self._pieces @ self._pieces[word].T).todense()).ravel()
        return np.asarray(shared >= np.minimum(self._sizes, self._sizes[word]))

    @cached_property
    def _sizes(self) -> FloatArray:
        """(n_words,) number of single words of each entry."""
        return np.asarray(self._pieces.sum(axis=1), dtype=np.float32).ravel()

    @cached_property
    def _pieces(self) -> sp.csr_matrix:
        """(n_words, n_pieces) 1 for each single word of an entry."""
        pieces = [self.lexicon.pieces(word) for word in range(len(self.lexicon))]
        columns = {piece: at for at, piece in enumerate(sorted(set().union(*pieces)))}
        rows = np.repeat(np.arange(len(pieces)), list(map(len, pieces)))
        found = [columns[piece] for own in pieces for piece in own]
        shape = (len(pieces), len(columns))
        return sp.csr_matrix((np.ones(len(found), np.float32), (rows, found)), shape=shape)


def _own_first(written: Mapping[int, float], usual: FloatArray | None) -> dict[int, float]:
    """The words by worth over ``usual``, so that not everybody's text begins alike."""
    if usual is None:
        return dict(written)
    own = {word: worth / max(float(usual[word]), 1e-6) ** OWN for word, worth in written.items()}
    return dict(sorted(own.items(), key=lambda entry: -entry[1]))


def _falling(written: Mapping[int, float]) -> dict[int, float]:
    """Weights from 1 that never rise."""
    weights: dict[int, float] = {}
    first = lowest = next(iter(written.values()), 0.0)
    for word, worth in written.items():
        lowest = min(lowest, worth)
        weights[word] = round(lowest / first, 3) if first > 0 else 1.0
    return weights
