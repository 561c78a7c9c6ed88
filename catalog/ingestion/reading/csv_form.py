"""How all parts of the reader let `csv` read a line."""

from __future__ import annotations

from typing import Any


def form_of(delimiter: str) -> dict[str, Any]:
    """How `csv` reads; a quote may stand behind a space, as in ``i1, "Red, mug"``."""
    return {"delimiter": delimiter, "skipinitialspace": delimiter != " "}
