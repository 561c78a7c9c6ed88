"""What is computed from an object and remembered, by ``cachetools.cached``.

Objects are compared by identity and held weakly. ``cachetools.cachedmethod`` is not used: it puts
into the object a wrapper that refers to the object. A model that was replaced would then keep its
arrays until Python's collector runs.
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
    """Remember a function of one object for as long as the object lives.

    Several scorers read the same texts; reading them once instead of once a scorer halves the time of a training.
    """
    return cached(WeakKeyDictionary(), key=lambda source: source, lock=Lock())(function)


def recently(most: int, key: Callable[..., Hashable]) -> Callable[[Function], Function]:
    """Remember the latest ``most`` results of a function, in this process.

    By the identity of its first argument and by ``key`` of the others.
    """

    def by_identity(source: object, *others: object) -> tuple[Hashable, ...]:
        return ref(source), key(*others)

    return cached(LRUCache(most), key=by_identity, lock=Lock())  # type: ignore[return-value]
