"""What one list is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from recommender.engine.data.errors import DataError
from recommender.engine.data.types import BoolArray, IntArray, Query


def _none() -> IntArray:
    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class Request:
    """A person's history and the wishes for the list.

    Args:
        query: the person's history; its items are never recommended.
        n: places wanted.
        tail: the dial, 0 … 1, more = less known items; None and 0 = the tuned order untouched.
        exclude: further items to leave out: hidden, or shown elsewhere on the page.
        allowed: (n_items,) mask of what may be shown: available, of the wanted category; None = everything.
        min_tail_share: share of the places, 0 … 1, kept for tail items as far as there are any.
        diversity: 0 … 1, how much likeness within the list counts against an item.
        calibration: 0 … 1, how much a mix of categories unlike that of the history counts against a list.
        min_provider_share: share of the places, 0 … 1, kept for items of seldom met providers as far as there are any:
            those with a smaller share of the people than of the items.
        only_tail: no head items at all.

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

    def __post_init__(self) -> None:
        if self.n < 1:
            raise DataError(f"n: {self.n} is less than 1")
        for name in ("tail", "min_tail_share", "diversity", "calibration", "min_provider_share"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise DataError(f"{name}: {value} is not between 0 and 1")
