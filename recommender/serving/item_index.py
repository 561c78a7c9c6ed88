"""Item pks and the engine's item indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, IntArray


@dataclass(frozen=True)
class ItemIndex:
    """``item_pks``: (n_items,); an item's position is its index.

    Those of the model are ascending; items that came after its training follow in any order.
    """

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
        if not len(self.item_pks):
            return np.zeros(len(wanted), dtype=np.int32), np.zeros(len(wanted), dtype=bool)
        order = self._order
        at = np.searchsorted(self.item_pks, wanted, sorter=order)
        at = np.minimum(at, len(self.item_pks) - 1)
        found = at if order is None else order[at]
        return found.astype(np.int32), self.item_pks[found] == wanted

    @cached_property
    def _order(self) -> NDArray[np.int64] | None:
        """Positions by ascending pk; None if they are so already."""
        ascending = bool((np.diff(self.item_pks) > 0).all())
        return None if ascending else np.argsort(self.item_pks, kind="stable")

    def mask(self, pks: Iterable[int]) -> BoolArray:
        """(n_items,) true for the given items."""
        chosen = np.zeros(len(self.item_pks), dtype=bool)
        chosen[self.indices(pks)] = True
        return chosen
