"""Places that a list keeps for what would else be passed over: tail items, and providers who are seldom met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.stages.ranking import Ranked
from recommender.engine.types import BoolArray, IntArray

NO_PROVIDER = -1


@dataclass(frozen=True, slots=True)
class Floor:
    """At least ``share`` of a list's places, rounded up, for the items in the (n_items,) mask ``kept``."""

    share: float
    kept: BoolArray

    def places(self, n: int) -> int:
        return math.ceil(self.share * n - 1e-9)


def keep_places(ranked: Ranked, n: int, floors: Sequence[Floor]) -> Ranked:
    """The first n entries, changed until every floor holds as far as there are any such items; the order stays.

    The best entries below place n that a floor is for take the places of the worst that it is not for. A floor never
    breaks those before it.
    """
    listed = np.zeros(len(ranked), dtype=bool)
    listed[:n] = True
    kept = [floor.kept[ranked.items] for floor in floors]
    least: list[int] = []
    for floor, mine in zip(floors, kept, strict=True):
        wanted = floor.places(int(listed.sum()))
        while (listed & mine).sum() < wanted and (pair := _swap(listed, mine, kept, least)):
            listed[pair[0]], listed[pair[1]] = False, True
        least.append(min(wanted, int((listed & mine).sum())))
    return ranked.take(np.flatnonzero(listed))


def _swap(
    listed: BoolArray, mine: BoolArray, kept: Sequence[BoolArray], least: Sequence[int]
) -> tuple[int, int] | None:
    """The worst listed entry that is not ``mine`` and may go, and the best of mine that may come for it."""
    below = np.flatnonzero(mine & ~listed)
    spare = [int((listed & other).sum()) - places for other, places in zip(kept, least, strict=False)]
    for leaving in np.flatnonzero(listed & ~mine)[::-1] if len(below) else ():
        may_come = np.ones(len(below), dtype=bool)
        for other, left_over in zip(kept, spare, strict=False):
            if other[leaving] and not left_over:
                may_come &= other[below]
        if may_come.any():
            return int(leaving), int(below[np.argmax(may_come)])
    return None


def provider_codes(providers: Sequence[str]) -> IntArray | None:
    """(n_items,) each provider a number in the order of names, ``NO_PROVIDER`` for none; None if nobody is named."""
    names = sorted({name for name in providers if name})
    codes = {name: code for code, name in enumerate(names)}
    return np.array([codes.get(name, NO_PROVIDER) for name in providers], dtype=np.int32) if names else None


def seldom_met(providers: IntArray, counts: IntArray) -> BoolArray:
    """(n_items,) mask of the items whose provider has a smaller share of the people than of the items.

    Args:
        providers: (n_items,) codes.
        counts: (n_items,) people per item.

    Only items that have a provider count. Where everybody is met alike the mask is empty.
    """
    named = providers != NO_PROVIDER
    items, people = (_by_provider(providers[named], weights) for weights in (None, counts[named]))
    # shares as products: people / all people < items / all items, without rounding
    seldom = people * items.sum() < items * people.sum()
    mask = np.zeros(len(providers), dtype=bool)
    mask[named] = seldom[providers[named]]
    return mask


def _by_provider(codes: IntArray, weights: IntArray | None) -> NDArray[np.float64]:
    return np.bincount(codes, weights=weights).astype(np.float64)
