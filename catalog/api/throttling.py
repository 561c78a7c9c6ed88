"""Limits requests a minute, by key, or by account for staff."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from catalog.models import ApiKey

if TYPE_CHECKING:  # REST framework imports this file while it imports its own views
    from rest_framework.views import APIView


class KeyRateThrottle(SimpleRateThrottle):
    """One counter for each window, incremented by the cache itself.

    REST framework's own throttle rewrites a list of all request times. At thousands a minute that
    takes longer than the answer, and two workers overwrite each other's entries.
    """

    scope = "key"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        ident = (
            request.auth.prefix
            if isinstance(request.auth, ApiKey)
            else request.user.pk or self.get_ident(request)
        )
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def allow_request(self, request: Request, view: APIView) -> bool:
        if self.rate is None:
            return True
        self.now = time.time()
        key = f"{self.get_cache_key(request, view)}_{self.now // self.duration:.0f}"
        return self._count(key) <= self.num_requests

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.duration - self.now % self.duration

    def _count(self, key: str) -> int:
        try:
            return self.cache.incr(key)
        except ValueError:  # the first request of the window, or the cache is away
            if self.cache.add(key, 1, self.duration):
                return 1
        try:
            return self.cache.incr(key)  # another worker was the first
        except ValueError:  # the window ended between the two calls
            return 1
