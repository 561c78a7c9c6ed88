"""Checks rows of a log as `record_interactions` would write them, without writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.ingestion.batches import by_key, read_rows
from catalog.ingestion.event_ids import SeenEvents
from catalog.ingestion.suppressed_rows import without_suppressed
from catalog.interactions.corrections import corrected
from catalog.models import Catalog
from catalog.models.event_kinds import kinds_of
from catalog.validation.event_values import row_reader
from catalog.validation.item_state import may_be_done_now
from catalog.validation.row_parsing import BulkResult, InteractionRow, RowError

Numbered = list[tuple[int, InteractionRow]]


@dataclass
class CheckedSoFar:
    """What the earlier portions of a file hold: its events, and the items that it would create."""

    events: SeenEvents = field(default_factory=SeenEvents)
    new_items: set[str] = field(default_factory=set)


def check_interactions(
    *,
    catalog: Catalog,
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
    create_items: bool = False,
    times_checked: bool = False,
    so_far: CheckedSoFar,
) -> BulkResult:
    """The result that `record_interactions` would have.

    Rows that repeat an event of ``so_far`` count as created until `settle` is asked.
    """
    now = timezone.now()
    time = "" if times_checked else "created_at"
    result, numbered = read_rows(rows, numbers, row_reader(catalog, now), time=time)
    numbered = without_suppressed(catalog, numbered, result)
    good = _with_items(catalog, numbered, result, so_far.new_items if create_items else None)
    new = _unwritten(catalog, good, result)
    for number, row in new:
        if row.event_id:
            so_far.events.add(number, row.event_id, (row.user_id, row.item_id, row.kind))
    result.created = len(new)
    result.errors.sort(key=lambda error: error.row)
    return result


def _with_items(
    catalog: Catalog, numbered: Numbered, result: BulkResult, new_items: set[str] | None
) -> Numbered:
    """The rows whose item is there, or would be created."""
    asked = [row.item_id for _number, row in numbered]
    known = dict(by_key(catalog.items.values_list("external_id", "available"), asked))
    good, kinds = [], kinds_of(catalog)
    for number, row in numbered:
        available = known.get(row.item_id)
        if available is None and new_items is None:
            result.errors.append(unknown_item(number, row))
        elif available is False and not may_be_done_now(
            available=False, kind=row.kind, created_at=row.created_at, kinds=kinds
        ):
            result.errors.append(unavailable_item(number, row))
        else:
            good.append((number, row))
            if available is None and new_items is not None:
                result.items_created += row.item_id not in new_items
                new_items.add(row.item_id)
    return good


def unknown_item(number: int, row: InteractionRow) -> RowError:
    return RowError(number, "item_id", row.item_id, _("is not in this catalogue"))


def unavailable_item(number: int, row: InteractionRow) -> RowError:
    return RowError(number, "item_id", row.item_id, _("is not available"))


def _unwritten(catalog: Catalog, numbered: Numbered, result: BulkResult) -> Numbered:
    """The rows that are not in the database yet; an id of another event is an error."""
    ids = [row.event_id for _number, row in numbered if row.event_id]
    stored = catalog.interactions.order_by().select_related("profile", "item")
    known = {event.event_id: event for event in by_key(stored, ids, "event_id")}
    new = []
    for number, row in numbered:
        event = known.get(row.event_id)
        if event is None:
            new.append((number, row))
        elif (event.profile.external_id, event.item.external_id, event.kind) == (
            row.user_id,
            row.item_id,
            row.kind,
        ):
            fields = corrected(event, row, has_time=row.created_at is not None)
            result.updated += bool(fields)
            result.repeated += not fields
        else:
            result.errors.append(taken_event_id(number, row.event_id))
    return new


def taken_event_id(number: int, event_id: str | None) -> RowError:
    return RowError(number, "event_id", event_id or "", _("is already used by another event"))
