"""Writes the progress of a training: it never goes backwards and is not written too often."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection

from config.errors import AppError
from recommender.training import runs
from recommender.training.database_outage import AWAY

LEAST_SECONDS = 0.5
"""Between two writes: the bar still moves, and the database has little load."""

TOO_EARLY = 0.02
"""Below this fraction an estimate of the remaining time is useless."""


class ProgressReporter:
    """Writes stage, fraction and remaining seconds to a run's row.

    ``reporter(stage, fraction)`` takes the fraction of the whole run. ``between(start, end)``
    returns a callable that takes the fraction of that section. Each call says that work was done:
    a run without a call is killed after TRAINING_STALL_LIMIT.

    Args:
        attempt: of the run; another attempt's row is not written.
    """

    def __init__(
        self,
        run_id: int,
        clock: Callable[[], float] = time.monotonic,
        attempt: int | None = None,
    ) -> None:
        self._run_id, self._clock, self._attempt = run_id, clock, attempt
        self._stage = ""
        self._began = clock()
        self._written_at = float("-inf")
        self.fraction = 0.0

    def __call__(self, stage: str, fraction: float) -> None:
        """Report progress.

        Raises:
            AppError: ``training_lost`` (409) if the run was failed meanwhile: the process must
                stop.
        """
        self._stage, self.fraction = stage, max(self.fraction, min(fraction, 1.0))
        if self._clock() - self._written_at < LEAST_SECONDS:
            return
        self._written_at = self._clock()
        try:
            goes_on = runs.report_progress(
                run_id=self._run_id,
                stage=stage,
                fraction=self.fraction,
                eta=self.eta,
                attempt=self._attempt,
            )
        except AWAY:  # the training goes on; the next report may reach it again
            # the rows that are read meanwhile need a connection that is only busy
            connection.close_if_unusable_or_obsolete()
            return
        if not goes_on:
            raise AppError(
                "training_lost", "This training run was abandoned before it finished.", 409
            )

    def part_done(self) -> None:
        """Report the latest stage and fraction again, because a part of the stage is done."""
        self(self._stage, self.fraction)

    def between(self, start: float, end: float) -> Callable[[str, float], None]:
        return lambda stage, fraction: self(
            stage, start + (end - start) * min(max(fraction, 0.0), 1.0)
        )

    @property
    def eta(self) -> float | None:
        """Remaining seconds at the speed so far. None while too little is done."""
        if self.fraction < TOO_EARLY:
            return None
        return (self._clock() - self._began) * (1 - self.fraction) / self.fraction
