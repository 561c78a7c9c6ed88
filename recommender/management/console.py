"""Progress lines of long commands."""

from __future__ import annotations

import time
from typing import Any

from recommender.engine.data.types import Progress

LINES = 20
"""At most per stage: one for every 5 %."""


def progress_on(stream: Any, verbosity: int) -> Progress:
    """Write lines of seconds, percent and stage to a stream. None if ``verbosity`` is 0."""
    began = time.monotonic()
    shown: set[tuple[str, int]] = set()

    def progress(stage: str, fraction: float) -> None:
        step = (stage, int(fraction * LINES))
        if verbosity and step not in shown:
            shown.add(step)
            stream.write(f"{time.monotonic() - began:6.1f} s  {fraction:4.0%}  {stage}")

    return progress
