"""Caches of results computed from an object, on ``cachetools.cached``.

Objects are compared by identity and referenced weakly. ``cachetools.cachedmethod`` is not used: it
stores a wrapper in the object that refers back to the object. The arrays of a replaced model would
then stay in memory until Python's garbage collector runs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, ref

from cachetools import LRUCache, cached

Source = TypeVar("Source")
Result = TypeVar("Result")
Function = TypeVar("Function", bound=Callable[..., Any])


def remembered(function: Callable[[Source], Result]) -> Callable[[Source], Result]:
    """Cache a function of one object for as long as the object lives.

    Several scorers read the same texts. Reading them once halves the training time.
    """
    return cached(WeakKeyDictionary(), key=lambda source: source, lock=Lock())(function)


def recently(most: int, key: Callable[..., Hashable]) -> Callable[[Function], Function]:
    """Cache the latest ``most`` results of a function in this process.

    The key is the identity of the first argument, and ``key`` of the others.
    """

    def by_identity(source: object, *others: object) -> tuple[Hashable, ...]:
        return ref(source), key(*others)

    return cached(LRUCache(most), key=by_identity, lock=Lock())  # type: ignore[return-value]
