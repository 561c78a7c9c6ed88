"""Leaves the rows of erased people out of a bulk write."""

from __future__ import annotations

from catalog.models import Catalog
from catalog.profiles import suppression
from catalog.validation.row_parsing import BulkResult, InteractionRow, RowError


def without_suppressed(
    catalog: Catalog, numbered: list[tuple[int, InteractionRow]], result: BulkResult
) -> list[tuple[int, InteractionRow]]:
    """The rows of people that are not on the suppression list; the others are listed."""
    suppressed = suppression.suppressed_among(catalog, {row.user_id for _number, row in numbered})
    if not suppressed:
        return numbered
    reason = suppression.reason()
    result.suppressed += [
        RowError(number, "user_id", row.user_id, reason)
        for number, row in numbered
        if row.user_id in suppressed
    ]
    return [(number, row) for number, row in numbered if row.user_id not in suppressed]
