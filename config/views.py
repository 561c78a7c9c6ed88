"""The health checks, and the answer to unexpected errors."""

from __future__ import annotations

import sys

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from config import health
from config.database_errors import AWAY, count_database_error
from config.errors import AppError
from config.monitoring import may_see_details

RETRY_SECONDS = 5


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process can answer; nothing else is asked."""
    return JsonResponse({"status": health.OK})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 while pages can be served, else 503. Details are for staff and monitoring."""
    states = health.states()
    summary = health.summary(states)
    answer: dict[str, object] = {"status": summary}
    answer.update({name: word for name, (word, _details) in states.items()})
    if may_see_details(request, database=summary != "failing"):
        answer["details"] = {name: details for name, (_word, details) in states.items() if details}
    return JsonResponse(answer, status=503 if summary == "failing" else 200)


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
    away = isinstance(sys.exc_info()[1], AWAY)
    count_database_error(sys.exc_info()[1])
    if request.path.startswith("/api/"):
        error = unavailable() if away else _unexpected()
        response: HttpResponseBase = JsonResponse(error.as_dict(), status=error.status)
    else:
        response = defaults.server_error(request)
        response.status_code = 503 if away else 500
    if away:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def unavailable() -> AppError:
    """The database does not answer, or another process holds it too long."""
    return AppError("unavailable", _("The database does not answer. Try again in a moment."), 503)


def _unexpected() -> AppError:
    return AppError("server_error", _("Something went wrong. The error has been logged."), 500)
