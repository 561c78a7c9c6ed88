"""Requests a minute, counted by key, or by account for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from catalog.models import ApiKey

if TYPE_CHECKING:  # REST framework reads this file while it imports its own views
    from rest_framework.views import APIView


class KeyRateThrottle(SimpleRateThrottle):
    scope = "key"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        ident = request.auth.prefix if isinstance(request.auth, ApiKey) else request.user.pk or self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}
