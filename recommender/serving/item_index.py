"""Item pks and the engine's item indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, IntArray


@dataclass(frozen=True)
class ItemIndex:
    """``item_pks``: (n_items,) ascending; an item's position is its index."""

    item_pks: NDArray[np.int64]

    def index_of(self, pk: int) -> int | None:
        """An item's index; None for an item that is newer than the index."""
        found = self.indices([pk])
        return int(found[0]) if len(found) else None

    def indices(self, pks: Iterable[int]) -> IntArray:
        """The indices of those items that the index knows, in the order given."""
        positions, known = self.positions(pks)
        return positions[known]

    def positions(self, pks: Iterable[int]) -> tuple[IntArray, BoolArray]:
        """(n,) position of each item, and (n,) whether it is known; else the position means
        nothing.
        """
        wanted = np.fromiter(pks, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.item_pks, wanted), max(0, len(self.item_pks) - 1))
        known = (
            self.item_pks[found] == wanted
            if len(self.item_pks)
            else np.zeros(len(wanted), dtype=bool)
        )
        return found.astype(np.int32), known

    def mask(self, pks: Iterable[int]) -> BoolArray:
        """(n_items,) true for the given items."""
        chosen = np.zeros(len(self.item_pks), dtype=bool)
        chosen[self.indices(pks)] = True
        return chosen
