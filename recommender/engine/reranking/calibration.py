"""Lists with the mix of categories that the person's own history has."""

from __future__ import annotations

import numpy as np

from recommender.engine.data.categories import SMOOTHING, CategoryMix, Values, divergence
from recommender.engine.data.types import IntArray


class Miscalibration:
    """The divergence of the list so far with each entry of a pool added to it.

    An item without categories takes a place and counts for none.

    Source: Steck 2018, calibrated recommendations.
    """

    depth = 10  # a category of the person's may come up late in the order of scores

    def __init__(self, wish: float, mix: CategoryMix, items: IntArray) -> None:
        self.wish = wish
        self._candidates, self._size = len(items), 0
        own = np.flatnonzero(
            mix.shares
        )  # no other category matters, and each entry has few of them
        held = mix.categories.held_by(items)
        kept = mix.shares[held.category] > 0
        self._mix, self._listed = mix.shares[own], np.zeros(len(own))
        self._column = np.searchsorted(own, held.category[kept])
        self._entry, self._share = held.entry[kept], (1 - SMOOTHING) * held.share[kept]
        self._wanted = self._mix[self._column]

    def of_next(self) -> Values:
        size = self._size + 1
        without = self._listed / size + SMOOTHING * self._mix
        gains = self._wanted * np.log1p(self._share / size / without[self._column])
        saved = np.bincount(self._entry, weights=gains, minlength=self._candidates)
        return np.asarray(divergence(self._mix, without) - saved, dtype=np.float64)

    def choose(self, entry: int) -> None:
        own = slice(*np.searchsorted(self._entry, [entry, entry + 1]))
        self._listed[self._column[own]] += self._share[own]
        self._size += 1
