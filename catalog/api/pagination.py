"""Pages of long lists, each with the address of the next."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from catalog.api.validation import StrictSerializer, rejected, validated


class PageSize(StrictSerializer):
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class Pages(CursorPagination):
    """Cursor pagination by row number.

    Every page costs the same, and new rows do not shift the pages.
    """

    page_size = 50
    page_size_query_param = "limit"
    page_size_query_description = _lazy("Rows a page, 1 to 200.")
    max_page_size = 200
    cursor_query_description = _lazy("Where the page begins: taken from “next” or “previous”.")
    parameters = ("limit", "cursor")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        described = super().get_schema_operation_parameters(view)
        for each in described:
            if each["name"] == self.page_size_query_param:
                each["schema"] = {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_page_size,
                    "default": self.page_size,
                }
        return described

    def get_page_size(self, request: Request) -> int:
        given = {
            name: request.query_params[name] for name in ("limit",) if name in request.query_params
        }
        return validated(PageSize(data=given))["limit"]

    def decode_cursor(self, request: Request) -> Any:
        """The cursor of a request, whose position is the number of a row."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            cursor = None
        given = request.query_params.get("cursor")
        if not given:
            return None
        if cursor and any(cursor) and _is_row_number(cursor.position):
            return cursor
        reason = _("This is not a cursor of this list. Use the link in “next” or “previous”.")
        raise rejected("cursor", given, reason)


def _is_row_number(position: str | None) -> bool:
    """Whether the database can compare a row's key with it; at most 64 bits."""
    if position is None:
        return True
    return position.isascii() and position.isdecimal() and int(position[:20]) < 2**63


class OldestFirst(Pages):
    ordering = "id"


class NewestFirst(Pages):
    ordering = "-id"
