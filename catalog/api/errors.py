"""Every error of the API has one shape: ``{"code", "message", "details"}``."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from catalog.profiles.suppression import SuppressedError, count_returns
from config.database_errors import AWAY, count_database_error
from config.errors import AppError
from config.logs import route_of
from config.views import RETRY_SECONDS, unavailable

log = logging.getLogger(__name__)


def handle(error: Exception, context: dict[str, Any]) -> Response:
    if isinstance(error, SuppressedError):  # counted here, where no transaction can undo it
        count_returns(error.catalog, [error.external_id])
    if isinstance(error, AppError):
        return Response({**error.as_dict(), "details": _listed(error.details)}, status=error.status)
    response = exception_handler(error, context)  # sets the headers; None for errors of other code
    if response is None and isinstance(error, AWAY):
        return _unavailable(error)
    if response is None:
        return _crash(error, context)
    response.data = {"code": _code(error), "message": _message(error), "details": _details(error)}
    return response


def _unavailable(error: Exception) -> Response:
    count_database_error(error)
    log.error("The database does not answer: %s", error)
    away = unavailable()
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return Response(away.as_dict(), status=away.status, headers=headers)


def _crash(error: Exception, context: dict[str, Any]) -> Response:
    """An unexpected error: the log and Django's error reporting get it, the caller does not."""
    request = context["request"]._request
    log.error("%s %s", request.method, route_of(request), exc_info=error)
    got_request_exception.send(sender=None, request=request)
    message = _("Something went wrong on our side. The error has been logged.")
    data = {"code": "server_error", "message": message, "details": {}}
    return Response(data, status=status.HTTP_500_INTERNAL_SERVER_ERROR)


def _listed(details: Any) -> Any:
    """Errors of fields are always a list, although services stop at the first one."""
    return [details] if isinstance(details, dict) and "field" in details else details


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    return "invalid" if isinstance(error, exceptions.ValidationError) else error.default_code  # type: ignore[attr-defined]


def _message(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return _("Some fields are not valid. See “details”.")
    if isinstance(error, Http404):
        return str(error.args[0]) if error.args else _("There is nothing at this address.")
    return str(getattr(error, "detail", error))


def _details(error: Exception) -> Any:
    if isinstance(error, exceptions.Throttled):
        return {"retry_after_seconds": error.wait}
    return error.detail if isinstance(error, exceptions.ValidationError) else {}
