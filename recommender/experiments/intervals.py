"""The mean of repeated measurements with its confidence interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

CONFIDENCE = 0.95


def over_seeds(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, low and high end of the 95 % interval by Student's t.

    nan values are left out. The ends are nan for fewer than two values.
    Source: Student 1908, the probable error of a mean.
    """
    counted = np.array([value for value in values if np.isfinite(value)])
    if len(counted) < 2:
        middle = float(counted.mean()) if len(counted) else float("nan")
        return middle, float("nan"), float("nan")
    middle, spread = float(counted.mean()), float(counted.std(ddof=1) / np.sqrt(len(counted)))
    reach = spread * float(student.ppf(0.5 + CONFIDENCE / 2, len(counted) - 1))
    return middle, middle - reach, middle + reach
