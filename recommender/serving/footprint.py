"""How much memory an object holds that no other process shares."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from mmap import mmap
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any
from weakref import ref

import numpy as np
from django.db.models import Model

_ELSEWHERE = (BuiltinFunctionType, FunctionType, MethodType, Model, ModuleType, ref, type)
"""What objects refer to without owning it."""


def private_bytes(owner: object, shared: Iterable[object] = ()) -> int:
    """Bytes of an object and of all that only it leads to.

    Arrays that are mapped from a file count nothing: the page cache holds them once for all
    processes. ``shared``: objects that belong to others too; they count nothing.
    """
    total, seen, waiting = 0, {id(each) for each in shared}, [owner]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, _ELSEWHERE):
            continue
        seen.add(id(each))
        if isinstance(each, np.ndarray):
            base = _memory_of(each)
            if base is not each:
                waiting.append(base)
                continue
        elif isinstance(each, mmap):
            continue
        total += sys.getsizeof(each)
        waiting.extend(gc.get_referents(each))
        if isinstance(each, dict):
            waiting.extend(each)  # keys that are texts are no referents
    return total


def _memory_of(array: np.ndarray) -> Any:
    """The array itself if it owns its memory, else what does."""
    base: Any = array
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    return base
