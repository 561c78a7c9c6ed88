"""Sparse matrices that the neighbour-based scorers store and multiply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.types import FloatArray, IntArray, Query
from recommender.engine.runtime.block_executor import HERE_SIDE_BY_SIDE, BlockExecutor
from recommender.engine.runtime.part_done import part_done
from recommender.engine.runtime.positions import ABSENT, distinct, positions_of

BLOCK_ROWS = 1000

GATHERED_ROWS = 64
"""Rows of one person that are gathered at once: bounds what a request allocates."""


def history_matrix(queries: Sequence[Query], n_items: int) -> sp.csr_matrix:
    """(len(queries), n_items) float32, the weights of each person's past items."""
    starts = np.concatenate([[0], np.cumsum([len(query) for query in queries], dtype=np.int64)])
    items = (
        np.concatenate([query.history for query in queries]) if queries else np.zeros(0, np.int32)
    )
    weights = (
        np.concatenate([query.weights for query in queries]) if queries else np.zeros(0, np.float32)
    )
    return sp.csr_matrix((weights.astype(np.float32), items, starts), shape=(len(queries), n_items))


def age_of(users: IntArray) -> NDArray[np.int64]:
    """(n,) how many later interactions the same person has; the log is oldest first."""
    order = np.argsort(users, kind="stable")
    ends = np.searchsorted(users[order], users[order], side="right")
    age = np.empty(len(users), dtype=np.int64)
    age[order] = ends - 1 - np.arange(len(users))
    return age


def position_of(users: IntArray) -> NDArray[np.int64]:
    """(n,) how many earlier interactions the same person has; the log is oldest first."""
    return np.bincount(users)[users] - 1 - age_of(users)


def blocks(n: int, size: int = BLOCK_ROWS) -> Iterator[slice]:
    """The blocks of ``size`` rows; each that is done counts as progress of a training."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))
        part_done()


def strongest(rows: sp.csr_matrix, k: int) -> sp.csr_matrix:
    """Each row's ``k`` entries of largest magnitude, columns ascending."""
    lengths = np.diff(rows.indptr)
    size = np.abs(rows.data)
    selected = np.ones(len(size), dtype=bool)
    for row in np.flatnonzero(lengths > k):
        start, end = rows.indptr[row], rows.indptr[row + 1]
        selected[start + np.argpartition(size[start:end], -k)[:-k]] = False
    starts = np.concatenate([[0], np.cumsum(np.minimum(lengths, k))])
    chosen = sp.csr_matrix((rows.data[selected], rows.indices[selected], starts), shape=rows.shape)
    chosen.sort_indices()
    return chosen


def strongest_dense(rows: FloatArray, k: int) -> sp.csr_matrix:
    """``strongest`` for a dense block; zeros are left out."""
    if k >= rows.shape[1]:
        return sp.csr_matrix(rows)
    columns = np.sort(np.argpartition(np.abs(rows), -k, axis=1)[:, -k:], axis=1)
    starts = np.arange(len(rows) + 1) * k
    chosen = sp.csr_matrix(
        (np.take_along_axis(rows, columns, axis=1).ravel(), columns.ravel(), starts),
        shape=rows.shape,
    )
    chosen.eliminate_zeros()
    return chosen


def stacked(
    n: int,
    make: Callable[[slice], sp.csr_matrix],
    size: int = BLOCK_ROWS,
    executor: BlockExecutor = HERE_SIDE_BY_SIDE,
) -> sp.csr_matrix:
    """The blocks of rows that ``make`` returns, stacked. Here two are made at a time.

    scipy and numpy work on them side by side. The result does not depend on their number.
    """
    made = []
    for rows in executor.map_blocks(make, list(blocks(n, size))):
        made.append(rows)
        part_done()
    matrix = (
        sp.vstack(made, format="csr", dtype=np.float32)
        if made
        else sp.csr_matrix((0, n), dtype=np.float32)
    )
    matrix.indices = matrix.indices.astype(np.int32, copy=False)
    return matrix


def as_state(name: str, matrix: sp.csr_matrix) -> dict[str, np.ndarray]:
    return {
        f"{name}_values": matrix.data,
        f"{name}_columns": matrix.indices,
        f"{name}_starts": matrix.indptr,
    }


def from_state(name: str, state: dict[str, np.ndarray], n_columns: int) -> sp.csr_matrix:
    """The matrix on the arrays of the state, without copying: they may be memory-mapped."""
    arrays = (state[f"{name}_values"], state[f"{name}_columns"], state[f"{name}_starts"])
    return sp.csr_matrix(arrays, shape=(len(arrays[2]) - 1, n_columns), copy=False)


def entries_of(
    matrix: sp.csr_matrix, rows: NDArray[np.signedinteger[Any]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the entries of some rows are in the matrix, and the position of the row of each."""
    starts = matrix.indptr[rows].astype(np.int64)
    lengths = matrix.indptr[rows + 1] - starts
    owner = np.repeat(np.arange(len(rows)), lengths)
    skipped = starts - (np.cumsum(lengths) - lengths)
    return np.arange(len(owner)) + skipped[owner], owner


def pairs_in(
    matrix: sp.csr_matrix, rows: IntArray, columns: Sequence[int] | NDArray[np.int64]
) -> FloatArray:
    """(len(rows), len(columns)) dense values of some entries; builds no sparse matrix."""
    wanted = np.asarray(columns, dtype=np.int64)
    found = np.zeros((len(rows), len(wanted)), dtype=np.float32)
    with positions_of(wanted, matrix.shape[1]) as place:
        first = place[wanted]
        for block in blocks(len(rows), GATHERED_ROWS):
            at, owner = entries_of(matrix, rows[block])
            column = place[matrix.indices[at]]
            inside = np.flatnonzero(column != ABSENT)
            found[block.start + owner[inside], column[inside]] = matrix.data[at[inside]]
    return found if (first == np.arange(len(wanted))).all() else found[:, first]


def weighted_rows(
    matrix: sp.csr_matrix,
    rows: NDArray[np.signedinteger[Any]],
    weights: Sequence[FloatArray],
    items: IntArray | None = None,
) -> list[FloatArray]:
    """(n_columns,) the sum of the rows for each array of their weights; as a product, but faster
    for one person.

    ``items``: (k,) only these columns; the sums are (k,) then, and nothing as long as the catalogue
    is made.
    """
    used = np.flatnonzero(np.any(weights, axis=0)) if len(rows) else np.zeros(0, dtype=np.int64)
    n = matrix.shape[1] if items is None else len(items)
    sums, first = [np.zeros(n) for _ in weights], None
    for block in blocks(len(used), GATHERED_ROWS):
        at, owner = entries_of(matrix, rows[used[block]])
        columns, values = matrix.indices[at], matrix.data[at]
        if items is not None:
            with positions_of(items, matrix.shape[1]) as place:
                columns, first = place[columns], place[items]
            inside = np.flatnonzero(columns != ABSENT)
            columns, values, owner = columns[inside], values[inside], owner[inside]
        for total, own in zip(sums, weights, strict=True):
            total += np.bincount(columns, values * own[used[block]][owner], n)
    # of an item that is asked for twice one position was summed up
    return [(total if first is None else total[first]).astype(np.float32) for total in sums]


def row_squares(matrix: sp.csr_matrix, weights: FloatArray | None = None) -> FloatArray:
    """(n_rows,) sum of the squares of each row; ``weights``: (n_columns,) what each counts."""
    squares = np.square(matrix.data, dtype=np.float64)
    if weights is not None:
        squares *= weights[matrix.indices]
    sums = np.concatenate([[0.0], np.cumsum(squares)])
    found: FloatArray = (sums[matrix.indptr[1:]] - sums[matrix.indptr[:-1]]).astype(np.float32)
    return np.maximum(found, 0)


def columns_of(matrix: sp.csr_matrix, rows: NDArray[np.signedinteger[Any]]) -> IntArray:
    """The columns with an entry in one of the rows, each once, in no certain order."""
    found = [
        distinct(matrix.indices[entries_of(matrix, rows[block])[0]], matrix.shape[1])
        for block in blocks(len(rows), GATHERED_ROWS)
    ]
    if len(found) == 1:
        return found[0]
    return distinct(np.concatenate([np.empty(0, dtype=np.int32), *found]), matrix.shape[1])
