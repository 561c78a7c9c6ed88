"""Networks in fewer bits: their matrices are stored as 16-bit floats, or as 8-bit whole numbers with a scale a row.

Only what is stored gets smaller: matrices become 32-bit floats again when they are loaded, for numpy multiplies no
others fast. A scorer that stores itself so must also score so from the moment it is fitted: what was judged is served.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.engine.data.types import FloatArray

FORMS = ("float32", "float16", "int8")
SCALE = ".scale"
STEPS = 127
"""Of an 8-bit number on each side of zero."""

SHORT = np.uint32(0xFFFFFF80)
"""Leaves a scale so few bits that it times any step is exact: packing what was unpacked gives the same again."""


def packed(state: Mapping[str, np.ndarray], form: str) -> dict[str, np.ndarray]:
    """The state with every float32 matrix in this form; vectors and whole numbers stay: they weigh nothing.

    Packing what was unpacked changes nothing.

    Raises:
        ValueError: for a form that is not among ``FORMS``.
    """
    if form not in FORMS:
        raise ValueError(f"stored {form!r}: must be one of {', '.join(FORMS)}")
    if form == "float32":
        return dict(state)
    small: dict[str, np.ndarray] = {}
    for name, array in state.items():
        if array.ndim != 2 or array.dtype != np.float32:
            small[name] = array
        elif form == "float16":
            small[name] = array.astype(np.float16)
        else:
            small[name], small[name + SCALE] = _in_steps(array)
    return small


def unpacked(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What ``packed`` was given, as near as its form allows; arrays that were not packed are the very same."""
    full: dict[str, np.ndarray] = {}
    for name, array in state.items():
        if name.endswith(SCALE):
            continue
        if array.dtype == np.int8 and name + SCALE in state:
            full[name] = array * state[name + SCALE][:, None]
        else:
            full[name] = array.astype(np.float32) if array.dtype == np.float16 else array
    return full


def _in_steps(rows: FloatArray) -> tuple[np.ndarray, FloatArray]:
    """(n, d) int8 and (n,) float32: how many steps of its row's scale every number is."""
    scale = np.abs(rows).max(axis=1, initial=0).astype(np.float32) / np.float32(STEPS)
    scale = (scale.view(np.uint32) & SHORT).view(np.float32)
    steps = np.divide(rows, scale[:, None], out=np.zeros_like(rows), where=scale[:, None] > 0)
    return np.rint(steps).astype(np.int8), scale
