"""What long commands print while they work."""

from __future__ import annotations

import time
from typing import Any

from recommender.engine.data.types import Progress

LINES = 20
"""At most for each stage: every twentieth of the whole."""


def progress_on(stream: Any, verbosity: int) -> Progress:
    """Lines of seconds, percent and stage on a command's stream; none when ``verbosity`` is 0."""
    began = time.monotonic()
    told: set[tuple[str, int]] = set()

    def progress(stage: str, fraction: float) -> None:
        step = (stage, int(fraction * LINES))
        if verbosity and step not in told:
            told.add(step)
            stream.write(f"{time.monotonic() - began:6.1f} s  {fraction:4.0%}  {stage}")

    return progress
