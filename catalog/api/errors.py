"""Every error of the API has one shape: ``{"code", "message", "details"}``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from config.errors import AppError


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, AppError):
        return Response(error.as_dict(), status=error.status)
    response = exception_handler(error, context)  # sets the headers; None for what is not the API's own
    if response is None:
        return None
    response.data = {"code": _code(error), "message": _message(error), "details": _details(error)}
    return response


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    return "invalid" if isinstance(error, exceptions.ValidationError) else error.default_code  # type: ignore[attr-defined]


def _message(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return _("Some fields cannot be used; see details.")
    if isinstance(error, Http404):
        return str(error.args[0]) if error.args else _("There is nothing here.")
    return str(getattr(error, "detail", error))


def _details(error: Exception) -> Any:
    return error.detail if isinstance(error, exceptions.ValidationError) else {}
