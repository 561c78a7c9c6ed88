"""Bulk posts: good rows are written, bad rows are listed with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response

from catalog.api.json_types import plain_row, problems_of
from catalog.api.parsing import too_large
from catalog.api.serializers import BulkResultSerializer
from catalog.api.validation import StrictSerializer
from catalog.ingestion.batches import MAX_ROWS
from catalog.models import Catalog
from catalog.validation.field_readers import shorten
from catalog.validation.row_parsing import BulkResult, RowError


def bulk_answer(
    write: Callable[..., BulkResult],
    catalog: Catalog,
    rows: Sequence[Any],
    *,
    body: type[StrictSerializer],
    note_rejected: Callable[[int], None] = lambda number: None,
) -> Response:
    """Write the rows whose names and types are those of ``body``; 207 when there are errors.

    ``note_rejected``: is told how many rows had others, which ``write`` does not see.
    """
    if len(rows) > MAX_ROWS:
        raise too_large(len(rows), MAX_ROWS, _("rows"))
    good, errors = _typed(rows, body)
    note_rejected(len(errors))
    result = write(catalog=catalog, rows=list(good.values()), numbers=list(good))
    result.errors = sorted(
        [*result.errors, *result.suppressed, *errors], key=lambda error: error.row
    )
    partly = status.HTTP_207_MULTI_STATUS if result.errors else status.HTTP_200_OK
    return Response(BulkResultSerializer(result).data, status=partly)


def _typed(
    rows: Sequence[Any], body: type[StrictSerializer]
) -> tuple[dict[int, Mapping[str, Any]], list[RowError]]:
    """The rows by their numbers, and the errors of the others."""
    good: dict[int, Mapping[str, Any]] = {}
    errors: list[RowError] = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            errors.append(RowError(number, "row", shorten(row), _("must be an object")))
        elif found := list(problems_of(body, row)):
            errors += [RowError.of(number, each) for each in found]
        else:
            good[number] = plain_row(body, row)
    return good, errors
