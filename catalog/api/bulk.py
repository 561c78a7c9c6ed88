"""Bulk posts: good rows are written, bad rows are listed with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response

from catalog.api.parsing import too_large
from catalog.api.serializers import BulkResultSerializer
from catalog.api.validation import unknown_name
from catalog.ingestion.batches import MAX_ROWS
from catalog.models import Catalog
from catalog.validation.field_readers import shorten
from catalog.validation.row_parsing import BulkResult, RowError


def bulk_answer(
    write: Callable[..., BulkResult],
    catalog: Catalog,
    rows: Sequence[Any],
    *,
    known: Collection[str],
) -> Response:
    """Write the rows that have only ``known`` names; 200, or 207 when there are errors."""
    if len(rows) > MAX_ROWS:
        raise too_large(len(rows), MAX_ROWS, _("rows"))
    errors = [
        error
        for number, row in enumerate(rows, start=1)
        for error in _unknown_names(number, row, known)
    ]
    bad_rows = {error.row for error in errors}
    numbers = [number for number in range(1, len(rows) + 1) if number not in bad_rows]
    result = write(catalog=catalog, rows=[rows[number - 1] for number in numbers], numbers=numbers)
    result.errors = sorted(
        [*result.errors, *result.suppressed, *errors], key=lambda error: error.row
    )
    partly = status.HTTP_207_MULTI_STATUS if result.errors else status.HTTP_200_OK
    return Response(BulkResultSerializer(result).data, status=partly)


def _unknown_names(number: int, row: Any, known: Collection[str]) -> list[RowError]:
    if not isinstance(row, Mapping):
        return []  # rejected by the service
    return [
        RowError(number, name, shorten(row[name]), unknown_name(name, known))
        for name in row
        if name not in known
    ]
