"""Remember what was computed from a data set for as long as that data set lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Result = TypeVar("Result")


def remembered(function: Callable[..., Result]) -> Callable[..., Result]:
    """Cache by the identity of the first argument and the values of the others, which must be hashable.

    Several scorers read the same texts; reading them once instead of once a scorer halves the time of a training.
    Items and data sets are frozen, so identity is enough, and the memory goes when the object goes.
    """
    results: dict[int, dict[tuple[Any, ...], Result]] = {}

    @wraps(function)
    def lookup(source: Any, *arguments: Any) -> Result:
        key = id(source)
        if key not in results:
            results[key] = {}
            weakref.finalize(source, results.pop, key, None)
        if arguments not in results[key]:
            results[key][arguments] = function(source, *arguments)
        return results[key][arguments]

    return lookup
