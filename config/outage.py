"""A service that is away: asked rarely, named in the log once a minute, passed over meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Outage:
    """Knows for one process whether a service is away.

    After a failure the service counts as away for ``rest`` seconds: nobody waits for it again and
    again within one page. Then one caller tries it anew.
    """

    def __init__(
        self,
        what: str,
        *,
        rest: float = 3.0,
        quiet: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.what, self.rest, self.quiet, self.clock = what, rest, quiet, clock
        self._lock = threading.Lock()
        self._until = self._logged = float("-inf")
        self.failing = False

    def is_on(self) -> bool:
        """Whether to go on without the service; False for the one caller that tries it."""
        if not self.failing:
            return False
        with self._lock:
            if self.clock() < self._until:
                return True
            self._until = self.clock() + self.rest
            return False

    def failed(self, error: BaseException) -> None:
        with self._lock:
            now = self.clock()
            self.failing, self._until = True, now + self.rest
            quiet = now < self._logged + self.quiet
            self._logged = self._logged if quiet else now
        if not quiet:
            logger.warning("%s", self.what)
            logger.info("The answer was %s: %s", type(error).__name__, error)

    def answered(self) -> None:
        if self.failing:
            self.failing, self._logged = False, float("-inf")
            logger.warning("The service answers again: %s", self.what)


redis = Outage(
    "Redis does not answer (REDIS_URL): everything goes on without the cache, and the follow-up"
    " work of events waits for the next sweep."
)
"""Cache and broker are one server (REDIS_URL)."""
