"""Places that a list keeps for what would else be passed over: tail items, and providers who are seldom met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import BoolArray
from recommender.engine.ranking.ranking import Ranked


@dataclass(frozen=True, slots=True)
class ExposureQuota:
    """At least ``share`` of a list's places, rounded up, for the items in the (n_items,) mask ``kept``."""

    share: float
    kept: BoolArray

    def places(self, n: int) -> int:
        return math.ceil(self.share * n - 1e-9)


def fill_quotas(ranked: Ranked, n: int, quotas: Sequence[ExposureQuota]) -> Ranked:
    """The first n entries, changed until every floor holds as far as there are any such items; the order stays.

    The best entries below place n that a floor is for take the places of the worst that it is not for. A floor never
    breaks those before it.
    """
    listed = np.zeros(len(ranked), dtype=bool)
    listed[:n] = True
    kept = [quota.kept[ranked.items] for quota in quotas]
    least: list[int] = []
    for quota, mine in zip(quotas, kept, strict=True):
        wanted = quota.places(int(listed.sum()))
        while (listed & mine).sum() < wanted and (pair := _swap(listed, mine, kept, least)):
            listed[pair[0]], listed[pair[1]] = False, True
        least.append(min(wanted, int((listed & mine).sum())))
    return ranked.take(np.flatnonzero(listed))


def _swap(
    listed: BoolArray, mine: BoolArray, kept: Sequence[BoolArray], least: Sequence[int]
) -> tuple[int, int] | None:
    """The worst listed entry that is not ``mine`` and may go, and the best of mine that may come for it."""
    below = np.flatnonzero(mine & ~listed)
    spare = [
        int((listed & other).sum()) - places for other, places in zip(kept, least, strict=False)
    ]
    for leaving in np.flatnonzero(listed & ~mine)[::-1] if len(below) else ():
        may_come = np.ones(len(below), dtype=bool)
        for other, left_over in zip(kept, spare, strict=False):
            if other[leaving] and not left_over:
                may_come &= other[below]
        if may_come.any():
            return int(leaving), int(below[np.argmax(may_come)])
    return None
