"""Stated preferences as words of the catalogue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import FloatArray, StatedPreferences
from recommender.engine.text.lexicon import Lexicon

TYPED_WEIGHT = 0.8
"""Weight of a catalogue word in a typed text, beside chosen words."""


@dataclass(frozen=True)
class StatedWords:
    """Finds the catalogue's words in stated preferences.

    ``common`` (n_words,): share of each word in all taken items.
    """

    lexicon: Lexicon
    common: FloatArray

    def wanted(self, stated_preferences: StatedPreferences) -> dict[int, float]:
        """Weight by chosen word, if the catalogue has the word and it is not unwanted."""
        found = {
            at: weight
            for word, weight in stated_preferences.wanted.items()
            for at in self.lexicon.find(word)[:1]
        }
        unwanted = self.unwanted(stated_preferences)
        return {at: weight for at, weight in found.items() if at not in unwanted}

    def unwanted(
        self, stated_preferences: StatedPreferences, hidden: Collection[str] = ()
    ) -> set[int]:
        """Unwanted words of the catalogue, and ``hidden`` ones."""
        return {
            at
            for word in (*stated_preferences.unwanted, *hidden)
            for at in self.lexicon.find(word)[:1]
        }

    def named(self, stated_preferences: StatedPreferences) -> dict[int, float]:
        """Weight by word: chosen words, the strongest first, then words of the typed text."""
        wanted = self.wanted(stated_preferences)
        typed = (
            at for at in self.lexicon.find(stated_preferences.text) if self.lexicon.writable[at]
        )
        strongest_first = sorted(wanted.items(), key=lambda entry: -entry[1])
        return dict(strongest_first) | {at: TYPED_WEIGHT for at in typed if at not in wanted}

    def amounts(self, stated_preferences: StatedPreferences) -> dict[int, float]:
        """Weight by typed or chosen word, divided by the root of its frequency."""
        found = dict.fromkeys(self.lexicon.find(stated_preferences.text), 1.0)
        for word, weight in stated_preferences.wanted.items():
            found |= {at: max(weight, found.get(at, 0.0)) for at in self.lexicon.find(word)}
        unwanted = self.unwanted(stated_preferences)
        return {
            at: weight / np.sqrt(self.common[at])
            for at, weight in found.items()
            if at not in unwanted
        }
