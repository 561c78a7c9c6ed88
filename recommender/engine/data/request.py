"""The request for one list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import BoolArray, IntArray, Query

SHARES = (
    "tail",
    "min_tail_share",
    "diversity",
    "calibration",
    "min_provider_share",
    "min_newer_share",
)


def _none() -> IntArray:
    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class Request:
    """A person's history and the settings of the list.

    Args:
        query: the person's history; of its items only ``seen`` and ``due`` are recommended again.
        n: length of the list.
        tail: the tail dial, 0 … 1; higher = less known items; 0 = nothing is added for them; None =
            as tuned.
        exclude: further items to leave out: hidden, or shown elsewhere on the page.
        allowed: (n_items,) mask of the items that may be shown, such as the available items of
            one category; None = all.
        min_tail_share: minimum share of tail items in the list, 0 … 1, if enough are allowed.
        diversity: 0 … 1, how much similarity within the list counts against an item.
        calibration: 0 … 1, how much a category mix that differs from the history's counts
            against a list.
        min_provider_share: minimum share of items of seldom met providers, 0 … 1, if enough are
            allowed; see ``data.providers.seldom_met``.
        only_tail: no head items at all.
        min_newer_share: minimum share of items that came after the training, 0 … 1, if enough are
            allowed.

    Raises:
        DataError: for a value outside its range.
    """

    query: Query
    n: int = 10
    tail: float | None = None
    exclude: IntArray = field(default_factory=_none)
    allowed: BoolArray | None = None
    min_tail_share: float = 0.0
    diversity: float = 0.0
    calibration: float = 0.0
    min_provider_share: float = 0.0
    only_tail: bool = False
    min_newer_share: float = 0.0

    def __post_init__(self) -> None:
        if self.n < 1:
            raise DataError(f"n: {self.n} is less than 1")
        for name in SHARES:
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise DataError(f"{name}: {value} is not between 0 and 1")

    def turned(self, tail: float) -> Self:
        """The same list with the dial elsewhere; at 0 no place is reserved for the tail."""
        return replace(self, tail=tail, min_tail_share=self.min_tail_share if tail else 0.0)
