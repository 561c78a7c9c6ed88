"""What trees are trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import FloatArray


@dataclass(frozen=True)
class Groups:
    """The candidates of questions, one question after the other.

    Attributes:
        features: (n, d).
        taken: (n,) whether the person took it.
        start: (n,) the scores that the trees are added to.
        sizes: (questions,) candidates of each.
        weights: (questions,) what each counts.
    """

    features: FloatArray
    taken: NDArray[np.bool_]
    start: NDArray[np.float64]
    sizes: NDArray[np.int64]
    weights: NDArray[np.float64]
