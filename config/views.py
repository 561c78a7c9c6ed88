"""The health check, and the answer to unexpected errors."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from config.errors import AppError


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database and the cache work, else 503 with what failed."""
    checks = {
        "database": _check(connection.ensure_connection),
        "cache": _check(lambda: cache.set("healthz", 1, 5)),
    }
    ok = all(state == "ok" for state in checks.values())
    return JsonResponse({"status": "ok" if ok else "failing", **checks}, status=200 if ok else 503)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that no view saw, such as one with a foreign Host; without account and session."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    message = _("Something in the address or in the form is not valid.")
    if isinstance(exception, DisallowedHost):
        message = _("Host: this name is not served here. ALLOWED_HOSTS lists the names.")
    error = AppError("bad_request", message, 400)
    return JsonResponse(error.as_dict(), status=error.status)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """An unexpected error: a page for people, the API's error shape for programs."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    error = AppError("server_error", _("Something went wrong. The error has been logged."), 500)
    return JsonResponse(error.as_dict(), status=error.status)


def _check(probe: Callable[[], object]) -> str:
    try:
        probe()
    except Exception as error:  # any failure of a service is the result
        return f"{type(error).__name__}: {error}"
    return "ok"
