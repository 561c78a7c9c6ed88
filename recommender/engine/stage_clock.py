"""Seconds by stage, and progress on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recommender.engine.types import Progress, no_progress


class StageClock:
    """Times stages one after another and reports them as shares of the whole.

    ``shares``: each stage's expected share of the time; they need not sum to 1.
    """

    def __init__(
        self, shares: dict[str, float], progress: Progress = no_progress, now: Callable[[], float] = time.perf_counter
    ) -> None:
        self.seconds: dict[str, float] = {}
        self._shares, self._progress, self._now = shares, progress, now
        self._done = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """Gives a progress callback for inside the stage, with fractions of the stage."""
        total = sum(self._shares.values())
        start, share, began = self._done / total, self._shares[name] / total, self._now()
        self._progress(name, start)
        yield lambda _, fraction: self._progress(name, start + share * min(1.0, fraction))
        self._done += self._shares[name]
        self.seconds[name] = self.seconds.get(name, 0.0) + self._now() - began
        self._progress(name, self._done / total)
