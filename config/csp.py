"""The Content-Security-Policy of a response; the rules are in config/settings/csp.py."""

from __future__ import annotations

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

from config.settings.csp import INLINE_ALLOWED, INLINE_ALLOWED_BELOW


class ContentSecurityPolicy(CSPMiddleware):
    """Chooses the rules by path, so that error pages below the admin get the admin's rules too."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(INLINE_ALLOWED_BELOW):
            parts.replace = {**INLINE_ALLOWED, **(parts.replace or {})}
        return parts
