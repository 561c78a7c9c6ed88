"""The parts of the API's description that serializers do not provide."""

from __future__ import annotations

from typing import Any

from django.views import View
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from catalog.api.serializers import BulkResultSerializer

BULK_RESPONSES = {
    200: BulkResultSerializer,
    207: OpenApiResponse(
        BulkResultSerializer,
        description="Some rows are not valid and are listed. The other rows are stored.",
    ),
}
ITEM_EXAMPLE = OpenApiExample(
    "a book",
    request_only=True,
    value={
        "item_id": "https://example.org/books/python-basics",
        "title": "Python Basics",
        "description": "Variables, loops and functions, from the beginning.",
        "categories": ["Programming", "Python"],
        "provider": "Open Press",
        "language": "en",
    },
)
ITEMS_EXAMPLE = OpenApiExample("two items", request_only=True, value={
    "items": [
        {"item_id": "b-1", "title": "Python Basics"},
        {"item_id": "b-2", "title": "数据分析入门"},
    ],
})  # fmt: skip
INTERACTION_EXAMPLE = OpenApiExample(
    "a purchase",
    request_only=True,
    value={"user_id": "ann", "item_id": "b-1", "kind": "take", "event_id": "order-1007-line-1"},
)
INTERACTIONS_EXAMPLE = OpenApiExample("two events", request_only=True, value={
    "interactions": [
        {
            "user_id": "ann", "item_id": "b-1", "kind": "take",
            "created_at": "2026-05-01T09:30:00Z", "event_id": "o-1",
        },
        {"user_id": "ann", "item_id": "b-2", "kind": "rate", "value": 4.5, "event_id": "o-2"},
    ],
})  # fmt: skip

#: Errors that every endpoint can return.
_SHARED_ERRORS = {
    "400": "A parameter or field cannot be used: details list field, value and reason.",
    "401": "No key, or one that is unknown, revoked or expired.",
    "403": "The key belongs to another catalogue, or may only read; staff without the role.",
    "404": "No such catalogue, or nothing at this address.",
    "405": "This address does not know the method; Allow lists those that it knows.",
    "406": "Only JSON can be answered.",
    "414": "The address is too long.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "A service that is needed is away for a moment; Retry-After says when to come back.",
}
#: Errors of requests that change something.
_WRITING_ERRORS = {
    "409": "The request is right, but cannot be done now. `code` says why.",
    "411": "A body in chunks: send it with Content-Length.",
    "413": "The body has too many bytes or rows: details hold the limit.",
    "415": "The body is not JSON, or its Content-Encoding is not gzip.",
}
MAY_MAKE_PERSON = {"x-may-make-person": True}
"""The ``extensions`` of an operation that creates the person of an unknown ``user_id``."""
_SUPPRESSED = (
    " `suppressed`: the `user_id` belongs to a person whose data were erased; only staff can lift "
    "this. Nothing was stored."
)
_RETRY_AFTER = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds until the next try."}
}


def id_parameter(name: str) -> OpenApiParameter:
    description = "Your own ID, percent-encoded: a slash is `%2F`."
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.PATH, description=description)


def only_post(view: type[View]) -> type[View]:
    """Describe only a view's POST; its other methods are described at their own address."""
    return _hiding(view, "get", "put", "patch", "delete")


def only_get(view: type[View]) -> type[View]:
    return _hiding(view, "put", "patch", "delete")


def _hiding(view: type[View], *methods: str) -> type[View]:
    hidden = {method: extend_schema(exclude=True) for method in methods if hasattr(view, method)}
    return extend_schema_view(**hidden)(view)


def add_shared_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: adds the shared errors to every operation."""
    result["components"]["schemas"]["Error"] = _ERROR
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _drop_parameters_of_another_path(path, operation)
            errors = dict(_SHARED_ERRORS)
            if method != "get" and path.startswith("/api/v1/"):
                errors |= _WRITING_ERRORS
            if operation.pop("x-may-make-person", False):
                errors["409"] += _SUPPRESSED
            for status, description in errors.items():
                operation["responses"].setdefault(status, _error(status, description))
    return result


def _drop_parameters_of_another_path(path: str, operation: dict[str, Any]) -> None:
    """``items/bulk`` inherits the parameter of ``items/{item_id}``."""
    operation["parameters"] = [
        each
        for each in operation.get("parameters", ())
        if each["in"] != "path" or f"{{{each['name']}}}" in path
    ]


def _error(status: str, description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    headers = {"headers": _RETRY_AFTER} if status in ("429", "503") else {}
    return {"description": description, "content": content, **headers}


_ERROR = {
    "type": "object",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "string", "description": "For programs; never changes."},
        "message": {
            "type": "string",
            "description": "For people, in the language of Accept-Language.",
        },
        "details": {"description": "For `invalid` a list of field, value and reason."},
    },
}
