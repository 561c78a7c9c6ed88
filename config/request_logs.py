"""What a request's records have in common: its id, its route and its catalogue.

https://django-structlog.readthedocs.io/
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from config.logs import ABOUT, route_of

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


class RequestLogs(RequestMiddleware):
    """The first middleware.

    The id is the client's X-Request-ID if it looks like one, else a new one; the answer has it.
    Tasks that the request sends carry it on.
    """

    def prepare(self, request: HttpRequest) -> None:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        request.META[ABOUT] = {"request_id": request_id}
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> None:
        about = request.META[ABOUT]
        about["route"] = route_of(request)
        if slug := kwargs.get("slug"):
            about["catalog"] = slug
            structlog.contextvars.bind_contextvars(catalog=slug)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response["X-Request-ID"] = request.META[ABOUT]["request_id"]
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {route_of(request)}"
