"""Time by stage, and progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recommender.engine.data.types import Progress, no_progress
from recommender.engine.runtime.part_done import followed_by


class StageClock:
    """Times stages that run one after another, and reports the overall progress.

    ``shares``: each stage's expected share of the time; they need not sum to 1.
    """

    def __init__(
        self,
        shares: dict[str, float],
        progress: Progress = no_progress,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.seconds: dict[str, float] = {}
        self._shares, self._progress, self._now = shares, progress, now
        self._done = self._reported = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """Run a stage. Yields a progress callback that takes fractions of the stage.

        ``part_done`` reports the latest fraction again.
        """
        total = sum(self._shares.values())
        share, began = self._shares[name], self._now()
        self._report(name, self._done / total)
        with followed_by(lambda: self._report(name, self._reported)):
            yield lambda _, fraction: self._report(
                name, (self._done + share * min(1.0, fraction)) / total
            )
        self._done += share
        self.seconds[name] = self.seconds.get(name, 0.0) + self._now() - began
        self._report(name, self._done / total)

    def _report(self, name: str, fraction: float) -> None:
        self._reported = fraction
        self._progress(name, fraction)


class Steps:
    """Splits a stage's progress into ``n`` equal steps."""

    def __init__(self, n: int, progress: Progress) -> None:
        self._n, self._begun, self._progress = n, 0, progress

    def next(self) -> Progress:
        """The progress callback of the next step; it takes fractions of the step."""
        start, self._begun = self._begun, self._begun + 1
        return lambda name, fraction: self._progress(name, (start + min(1.0, fraction)) / self._n)
