"""The scales of ratings, and where liked and disliked begin on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


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
