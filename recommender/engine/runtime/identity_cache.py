"""Remember what was computed from a catalogue for as long as the catalogue lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Source = TypeVar("Source")
Result = TypeVar("Result")


def remembered(function: Callable[[Source], Result]) -> Callable[[Source], Result]:
    """Cache a function of one frozen object by the object's identity; the memory goes when the object goes.

    Several scorers read the same texts; reading them once instead of once a scorer halves the time of a training.
    """
    results: dict[int, Result] = {}

    @wraps(function)
    def lookup(source: Source) -> Result:
        key = id(source)
        if key not in results:
            results[key] = function(source)
            weakref.finalize(source, results.pop, key, None)
        return results[key]

    return lookup
