"""Exposure quotas: minimum shares of a list for tail items and seldom met providers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.engine.data.types import BoolArray
from recommender.engine.ranking.ranking import Ranked


@dataclass(frozen=True, slots=True)
class ExposureQuota:
    """A minimum ``share`` of the list for the items in the (n_items,) mask ``members``."""

    share: float
    members: BoolArray

    def minimum(self, n: int) -> int:
        """The share of a list of ``n`` items, rounded up to whole items."""
        return math.ceil(self.share * n - 1e-9)


def fill_quotas(ranked: Ranked, n: int, quotas: Sequence[ExposureQuota]) -> Ranked:
    """The first n entries, changed until every quota is met, in their order.

    The best members of a quota below position n replace the worst listed entries that are not
    members. A quota never breaks an earlier one. If there are too few members, all are listed.
    """
    listed = np.zeros(len(ranked), dtype=bool)
    listed[:n] = True
    masks = [quota.members[ranked.items] for quota in quotas]
    minima: list[int] = []
    for quota, members in zip(quotas, masks, strict=True):
        minimum = quota.minimum(int(listed.sum()))
        while (listed & members).sum() < minimum and (
            pair := _swap(listed, members, masks, minima)
        ):
            listed[pair[0]], listed[pair[1]] = False, True
        minima.append(min(minimum, int((listed & members).sum())))
    return ranked.take(np.flatnonzero(listed))


def _swap(
    listed: BoolArray, members: BoolArray, masks: Sequence[BoolArray], minima: Sequence[int]
) -> tuple[int, int] | None:
    """The worst listed entry that may leave, and the best member that may replace it.

    ``minima``: those of the earlier quotas, which must still be met afterwards.
    """
    below = np.flatnonzero(members & ~listed)
    surplus = [
        int((listed & mask).sum()) - minimum for mask, minimum in zip(masks, minima, strict=False)
    ]
    for leaving in np.flatnonzero(listed & ~members)[::-1] if len(below) else ():
        may_enter = np.ones(len(below), dtype=bool)
        for mask, spare in zip(masks, surplus, strict=False):
            if mask[leaving] and not spare:
                may_enter &= mask[below]
        if may_enter.any():
            return int(leaving), int(below[np.argmax(may_enter)])
    return None
