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

    def get_page_size(self, request: Request) -> int:
        given = {
            name: request.query_params[name] for name in ("limit",) if name in request.query_params
        }
        return validated(PageSize(data=given))["limit"]

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound:
            reason = _("This is not a cursor of this list. Use the link in “next” or “previous”.")
            raise rejected("cursor", request.query_params.get("cursor"), reason) from None


class OldestFirst(Pages):
    ordering = "id"


class NewestFirst(Pages):
    ordering = "-id"
