"""Quantisation: store matrices as 16-bit floats, or as 8-bit integers with one scale per row.

Only the stored form is smaller. Loaded matrices are 32-bit floats again, because numpy multiplies
only these fast. A quantised scorer must score with the quantised values from the moment it is
fitted, so that the evaluated model is the served one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.engine.data.types import FloatArray

FORMS = ("float32", "float16", "int8")
SCALE = ".scale"
STEPS = 127
"""Steps of an 8-bit integer on each side of zero."""

SHORT = np.uint32(0xFFFFFF80)
"""Mask that shortens a scale so that scale * step is exact: packing twice gives the same result."""


def packed(state: Mapping[str, np.ndarray], form: str) -> dict[str, np.ndarray]:
    """The state with every float32 matrix in this form; vectors and integers are small and stay.

    Packing an unpacked state again gives the same arrays.

    Raises:
        ValueError: if the form is not in ``FORMS``.
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
    """The state before ``packed``, as exactly as the form allows. Other arrays are not copied."""
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
    """(n, d) int8 steps and (n,) float32 scales of the rows."""
    scale = np.abs(rows).max(axis=1, initial=0).astype(np.float32) / np.float32(STEPS)
    scale = (scale.view(np.uint32) & SHORT).view(np.float32)
    steps = np.divide(rows, scale[:, None], out=np.zeros_like(rows), where=scale[:, None] > 0)
    return np.rint(steps).astype(np.int8), scale
