"""Is this process able to serve?"""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database and the cache answer, else 503 with what failed."""
    checks = {"database": _check(connection.ensure_connection), "cache": _check(lambda: cache.set("healthz", 1, 5))}
    ok = all(state == "ok" for state in checks.values())
    return JsonResponse({"status": "ok" if ok else "failing", **checks}, status=200 if ok else 503)


def _check(probe) -> str:
    try:
        probe()
    except Exception as error:  # any failure of a service is the answer here
        return f"{type(error).__name__}: {error}"
    return "ok"
