"""Calibration: lists with the category mix of the person's history."""

from __future__ import annotations

import numpy as np

from recommender.engine.data.categories import SMOOTHING, CategoryMix, Values, divergence
from recommender.engine.data.types import IntArray


class Miscalibration:
    """The cost of a candidate: the divergence of the list so far with the candidate added.

    An item without categories counts for the length of the list and for no category.

    Source: Steck 2018, calibrated recommendations.
    """

    depth = 10  # an item of one of the person's categories may have a low score

    def __init__(self, weight: float, mix: CategoryMix, items: IntArray) -> None:
        self.weight = weight
        self._candidates, self._size = len(items), 0
        own = np.flatnonzero(mix.shares)  # other categories do not change the divergence
        pairs = mix.categories.of_items(items)
        relevant = mix.shares[pairs.category] > 0
        self._mix, self._listed = mix.shares[own], np.zeros(len(own))
        self._column = np.searchsorted(own, pairs.category[relevant])
        self._entry = pairs.entry[relevant]
        self._share = (1 - SMOOTHING) * pairs.share[relevant]
        self._target = self._mix[self._column]

    def of_next(self) -> Values:
        size = self._size + 1
        without = self._listed / size + SMOOTHING * self._mix
        gains = self._target * np.log1p(self._share / size / without[self._column])
        saved = np.bincount(self._entry, weights=gains, minlength=self._candidates)
        return np.asarray(divergence(self._mix, without) - saved, dtype=np.float64)

    def choose(self, entry: int) -> None:
        own = slice(*np.searchsorted(self._entry, [entry, entry + 1]))
        self._listed[self._column[own]] += self._share[own]
        self._size += 1
