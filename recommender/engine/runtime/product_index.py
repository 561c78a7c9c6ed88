"""Rows with a large inner product with a query, without a product of all rows."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2, vq

from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.part_done import part_done

EXACT_BELOW = 50_000
"""Rows of which all are looked at: their product takes a few milliseconds."""

SAMPLE = 20_000
"""Rows that the clusters are learnt from."""

LOOKED_AT = 5_000
"""Rows of the nearest clusters that are looked at: at least so many."""

NAMES = ("items", "starts", "centroids")


@dataclass(frozen=True, eq=False)
class ProductIndex:
    """Items by cluster.

    Attributes:
        items: (n,) the items, cluster by cluster.
        starts: (clusters + 1,) where each cluster begins.
        centroids: (clusters, d).
    """

    items: IntArray
    starts: NDArray[np.int64]
    centroids: FloatArray

    @classmethod
    def of(
        cls, rows: FloatArray, items: IntArray, seed: int, most: int = EXACT_BELOW
    ) -> Self | None:
        """``items``: (n,) the rows that can be found; None if they are at most ``most``.

        Source: Jégou, Douze, Schmid 2011 (inverted lists of a k-means).
        """
        if len(items) <= most:
            return None
        rng, n = np.random.default_rng(seed), int(np.sqrt(len(items)))
        sample = rows[items[rng.choice(len(items), min(SAMPLE, len(items)), replace=False)]]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an empty cluster does no harm
            centroids, _ = kmeans2(sample, n, iter=10, minit="points", rng=rng)
        nearest = np.empty(len(items), dtype=np.int32)
        for start in range(0, len(items), SAMPLE):
            block = slice(start, start + SAMPLE)
            nearest[block] = vq(rows[items[block]], centroids)[0]
            part_done()
        starts = np.concatenate([[0], np.cumsum(np.bincount(nearest, minlength=n))])
        return cls(items[np.argsort(nearest, kind="stable")], starts, centroids.astype(np.float32))

    def nearest(self, query: FloatArray) -> IntArray:
        """All items of the clusters whose centroids have the largest products with the query
        (d,).
        """
        order = np.argsort(-(self.centroids @ query), kind="stable")
        sizes = np.cumsum(self.starts[order + 1] - self.starts[order])
        chosen = order[: int(np.searchsorted(sizes, LOOKED_AT)) + 1]
        return np.concatenate([self.items[self.starts[at] : self.starts[at + 1]] for at in chosen])

    def get_state(self, prefix: str) -> dict[str, np.ndarray]:
        return {prefix + name: getattr(self, name) for name in NAMES}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray], prefix: str) -> Self | None:
        """None in a version that was trained before indexes were stored."""
        found = [state.get(prefix + name) for name in NAMES]
        return None if any(each is None for each in found) else cls(*found)  # type: ignore[arg-type]
