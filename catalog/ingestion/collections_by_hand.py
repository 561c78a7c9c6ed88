"""Collects garbage between portions instead of within them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

WHOLE = 50
"""After so many portions everything is collected, else only what is new."""


@contextmanager
def collected_by_hand() -> Iterator[Callable[[], None]]:
    """Python looks for cycles only when the given function is called, once a portion.

    A portion makes a hundred thousand objects without cycles. Python would look through them, and
    through everything else in the process, again and again: more than half of an import's time.
    """
    portions = count(1)

    def collect() -> None:
        gc.collect(0 if next(portions) % WHOLE else 2)

    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield collect
    finally:
        if was_enabled:
            gc.enable()
