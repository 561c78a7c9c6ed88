"""The scales of ratings, and where liked and disliked begin on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray


class Scale(models.TextChoices):
    FIVE = "1-5", _("stars: 0.5 to 5")
    TEN = "1-10", _("1 to 10")
    HUNDRED = "0-100", _("0 to 100")
    ONE = "0-1", _("0 or 1: no, yes")
    THUMBS = "thumbs", _("−1 or 1: thumb down, thumb up; 0: neither")


@dataclass(frozen=True, slots=True)
class Range:
    """``low`` … ``high`` are allowed. At most ``bad``: disliked. At least ``good``: liked."""

    low: float
    high: float
    bad: float
    good: float


RANGES: dict[str, Range] = {
    Scale.FIVE: Range(0.5, 5, 2, 3.5),
    Scale.TEN: Range(1, 10, 4, 7),
    Scale.HUNDRED: Range(0, 100, 40, 70),
    Scale.ONE: Range(0, 1, 0.25, 0.5),
    Scale.THUMBS: Range(-1, 1, -0.5, 0.5),
}


def fitting(values: Iterable[float]) -> list[str]:
    """The scales that hold all the values, the narrowest first."""
    numbers = list(values)
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    found = [name for name, each in RANGES.items() if each.low <= low and high <= each.high]
    return sorted(found, key=lambda name: RANGES[name].high - RANGES[name].low)


def guess(values: NDArray[np.float64]) -> tuple[str, bool]:
    """What values look like: a scale, "quantity", or "none"; and whether 0 means no rating.

    One value in all rows says nothing.
    """
    if not len(values) or (values[0] == values).all():
        return "none", False
    low, high = float(values.min()), float(values.max())
    if low < 0:
        return (Scale.THUMBS, False) if low >= -1 and high <= 1 else ("quantity", False)
    if high <= 1:
        return Scale.ONE, False
    if high > 100 or _are_pieces(values[values > 0]):
        return "quantity", False
    zero = low == 0
    if high <= 5:
        return Scale.FIVE, zero
    return (Scale.TEN, zero) if high <= 10 else (Scale.HUNDRED, False)


def _are_pieces(values: NDArray[np.float64]) -> bool:
    """Whole numbers, mostly 1, and the more the fewer: nobody rates like this."""
    if (values % 1 != 0).any() or values.min() != 1:
        return False
    ones, twos, most = ((values == number).sum() for number in (1, 2, values.max()))
    return bool(ones > len(values) / 2 and most <= twos)
