"""Gives the memory of models that left back to the machine."""

from __future__ import annotations

import ctypes
import gc
import threading
import time

SECONDS = 30.0
"""Between two times: a collection stops the process for some tenths of a second."""

_lock = threading.Lock()
_last = float("-inf")


def give_back() -> None:
    """Collect what refers to itself, and hand free pages back; at most every ``SECONDS``.

    Without it the C library keeps what was freed for later, up to the size of all models that
    were ever loaded.
    """
    global _last
    with _lock:
        if time.monotonic() - _last < SECONDS:
            return
        _last = time.monotonic()
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl has not
    if trim is not None:
        trim(0)
