"""Where items are in a short array, without an array as long as the catalogue for each request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

ABSENT = -1

IntArray = NDArray[np.int32]
Indices = NDArray[np.signedinteger[Any]]


class _OfThread(threading.local):
    place: IntArray = np.empty(0, dtype=np.int32)


_own = _OfThread()


@contextmanager
def positions_of(items: Indices, n_items: int) -> Iterator[IntArray]:
    """(at least n_items,) the position of each item in ``items``, ``ABSENT`` for the others.

    A thread has one such array, which is written and cleared in place: the cost of a request does
    not grow with the catalogue. Valid inside the block only; blocks of a thread are not nested.
    """
    place = _cleared(n_items)
    try:
        place[items] = np.arange(len(items), dtype=np.int32)
        yield place
    finally:
        place[items] = ABSENT


def distinct(items: Indices, n_items: int) -> IntArray:
    """The items, each once, in no certain order; no sorting."""
    place = _cleared(n_items)
    order = np.arange(len(items), dtype=np.int32)
    place[items] = order  # of equal items the last one stays
    found: IntArray = items[place[items] == order].astype(np.int32)
    place[items] = ABSENT
    return found


def _cleared(n_items: int) -> IntArray:
    if len(_own.place) < n_items:
        _own.place = np.full(n_items, ABSENT, dtype=np.int32)
    return _own.place
