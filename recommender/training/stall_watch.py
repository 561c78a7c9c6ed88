"""Decides when a training stands still, or takes too long."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _


class StallWatch:
    """Knows when a run last showed progress: a new stage, a new fraction, or a part that was done.

    Heartbeats do not count, because the parent process writes them. Times are this process's own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._moved = clock()
        self._seen: object = None
        self._stage = ""

    def look(self, stage: str, progress_at: object) -> None:
        """Note what the run's row says now."""
        if progress_at != self._seen:
            self._seen, self._stage, self._moved = progress_at, stage, self._clock()

    def wait(self) -> None:
        """The database is away: the child cannot write its progress."""
        self._moved = self._clock()

    def reason(self) -> str:
        """Why the training must be killed; empty if it goes on."""
        moment = self._clock()
        if moment - self._moved > settings.TRAINING_STALL_LIMIT:
            return _("Stopped: the stage %(stage)s stood still for %(seconds)s seconds.") % {
                "stage": self._stage or "reading",
                "seconds": round(moment - self._moved),
            }
        if moment - self._began > settings.TRAINING_TIME_LIMIT:
            return _("Stopped after %(seconds)s seconds.") % {
                "seconds": settings.TRAINING_TIME_LIMIT
            }
        return ""
