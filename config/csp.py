"""Content-Security-Policy: a page runs our own files and nothing else.

The admin's theme (Alpine.js) evaluates expressions and sets styles inline, so it has its own, looser rule; neither
reaches any other host. https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_COMMON = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'; "
)
STRICT = _COMMON + "script-src 'self'; style-src 'self'"
LOOSE = _COMMON + "script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
LOOSE_BELOW = ("/admin/", "/api/docs")


class ContentSecurityPolicy:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = LOOSE if request.path.startswith(LOOSE_BELOW) else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        return response
