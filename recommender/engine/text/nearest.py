"""The items with the nearest texts: exact, or among the nearest clusters of a large catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.types import FloatArray, IntArray
from recommender.engine.runtime.block_executor import HERE_SIDE_BY_SIDE, current_executor
from recommender.engine.runtime.product_index import EXACT_BELOW, ProductIndex
from recommender.engine.runtime.sparse import blocks, stacked, strongest_dense

NEIGHBOURS = 20

LEAST_COSINE = 0.1
"""Lowest cosine of a neighbour: nearness below it is chance."""

EXACT_ROWS, CLUSTER_ROWS = 250, 500
"""Items whose cosines are in memory at once: to the whole catalogue, and to some clusters."""

SEED = 0
"""Of the clusters, which only decide what is compared."""

Block = Callable[[IntArray, IntArray], FloatArray]


class Cosines:
    """Mean cosine of two items over the features that the first one has.

    Args:
        words: (n_items, n_words) rows of length 1, or zeros without words.
        views: of each, (n_items, d) rows of length 1, or zeros where nothing is known.
    """

    def __init__(self, words: sp.csr_matrix, views: Sequence[FloatArray]) -> None:
        self.words, self.views = words, views
        known = (np.diff(words.indptr) > 0) + sum(
            view.any(axis=1).astype(np.float32) for view in views
        )
        self._share = 1 / np.maximum(known, 1).astype(np.float32)
        self._by_word = words.T.tocsr()

    def __len__(self) -> int:
        return int(self.words.shape[0])

    def with_all(self, block: slice) -> FloatArray:
        """(rows, n_items) of a block of rows."""
        cosine = (self.words[block] @ self._by_word).toarray()
        for view in self.views:
            cosine += np.maximum(view[block] @ view.T, 0)
        cosine *= self._share[block, None]
        cosine[np.arange(len(cosine)), np.arange(block.start, block.stop)] = 0
        return np.asarray(cosine)

    def between(self, rows: IntArray, columns: IntArray) -> FloatArray:
        """(rows, columns); 0 for an item and itself."""
        cosine = (self.words[rows] @ self.words[columns].T.tocsr()).toarray()
        for view in self.views:
            cosine += np.maximum(view[rows] @ view[columns].T, 0)
        cosine *= self._share[rows, None]
        cosine[rows[:, None] == columns[None, :]] = 0
        return np.asarray(cosine)


def nearest(cosines: Cosines, exact_below: int = EXACT_BELOW) -> sp.csr_matrix:
    """(n_items, n_items) float32: cosines to the ``NEIGHBOURS`` nearest items only.

    Above ``exact_below`` items an item is compared with those of its own cluster and of the
    nearest ones, 5,000 at least.
    """
    n = len(cosines)
    if n > exact_below and cosines.views:
        joined = np.hstack(list(cosines.views))
        index = ProductIndex.of(joined, np.arange(n, dtype=np.int32), SEED, most=exact_below)
        if index is not None:
            return _within_clusters(cosines, index, joined)
    make = partial(_of_all, cosines)
    return stacked(n, make, size=EXACT_ROWS, executor=current_executor(HERE_SIDE_BY_SIDE))


def _of_all(cosines: Cosines, block: slice) -> sp.csr_matrix:
    return _of_block(cosines.with_all(block))


def _of_block(cosine: FloatArray) -> sp.csr_matrix:
    found = strongest_dense(cosine, NEIGHBOURS)
    found.data[found.data < LEAST_COSINE] = 0
    found.eliminate_zeros()
    return found


def _within_clusters(cosines: Cosines, index: ProductIndex, joined: FloatArray) -> sp.csr_matrix:
    order = list(_rows_of(index))
    make = partial(_of_cluster, cosines, index, joined)
    found = list(current_executor().map_blocks(make, order))
    back = np.argsort(np.concatenate(order), kind="stable")
    near = sp.csr_matrix(sp.vstack(found, format="csr", dtype=np.float32)[back])
    near.indices = near.indices.astype(np.int32, copy=False)
    return near


def _of_cluster(
    cosines: Cosines, index: ProductIndex, joined: FloatArray, rows: IntArray
) -> sp.csr_matrix:
    columns = np.sort(index.nearest(joined[rows].mean(axis=0)))
    near = _of_block(cosines.between(rows, columns))
    entries = (near.data, columns[near.indices], near.indptr)
    return sp.csr_matrix(entries, (len(rows), len(cosines)))


def _rows_of(index: ProductIndex) -> Iterator[IntArray]:
    """The items of each cluster, not too many at once."""
    for start, stop in zip(index.starts[:-1].tolist(), index.starts[1:].tolist(), strict=True):
        for block in blocks(stop - start, CLUSTER_ROWS):
            yield index.items[start + block.start : start + block.stop]
