"""Bulk writes: rows are checked one by one and written in few statements.

A lock on the catalogue's row allows one bulk write a catalogue at a time, because two inserts of
the same keys in different orders deadlock on PostgreSQL. The lock does not stop readers or single
interactions; SQLite has one writer anyway. A unique constraint detects what a single interaction
writes meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.ingestion.batches import LOOKUP, by_key, lock_catalog, read_rows
from catalog.ingestion.category_trees import category_keys
from catalog.ingestion.interaction_checks import (
    taken_event_id,
    unavailable_item,
    unknown_item,
)
from catalog.ingestion.item_changes import same_items, with_sound_windows
from catalog.ingestion.known_keys import KnownKeys
from catalog.ingestion.suppressed_rows import without_suppressed
from catalog.interactions.corrections import apply_corrections, corrected
from catalog.interactions.fast_insert import EventRow, insert_events, is_same_event
from catalog.models import Catalog, Item, ItemCategory, Profile
from catalog.models.category_paths import folded
from catalog.models.event_kinds import kinds_of
from catalog.profiles.suppression import count_returns
from catalog.signals import history_changed, items_changed
from catalog.validation.event_values import row_reader
from catalog.validation.item_state import may_be_done_now
from catalog.validation.row_parsing import BulkResult, InteractionRow, ItemRow, RowError
from catalog.validation.shop_fields import EMPTY as SHOP_FIELDS
from config.metrics import count_events, count_not_recorded

Changes = list[tuple[str, dict[str, Any]]]
"""Changed fields by event id."""

SAMPLE = 50
"""Events of a portion that are looked up first."""
_TEXTS = ("title", "description", "provider")
_ITEM_FIELDS = (
    "title",
    "description",
    "provider",
    "language",
    "attributes",
    "available",
    "created_at",
    *SHOP_FIELDS,
)
_SEARCH_FIELDS = ("search_title", "search_text")


def record_interactions(
    *,
    catalog: Catalog,
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
    create_items: bool = False,
    times_checked: bool = False,
    keys: KnownKeys | None = None,
) -> BulkResult:
    """Write the good rows, list the bad ones.

    Args:
        rows: ``user_id``, ``item_id``, ``kind``, and optional ``value``, ``created_at``,
            ``event_id``, ``quantity``, ``price``, ``currency``, ``session``. Unknown people become
            profiles; unknown items are errors. Rows of erased people are left out, listed in
            ``suppressed`` and counted.
        numbers: the row numbers in errors; 1, 2, 3 … by default.
        create_items: unknown items become items without text.
        times_checked: the times of all rows were looked at together, as those of a file.
        keys: of the portions before, and for those to come.

    Raises:
        AppError: ``too_many_rows`` above 10,000.
    """
    now = timezone.now()
    time = "" if times_checked else "created_at"
    result, numbered = read_rows(rows, numbers, row_reader(catalog, now), time=time)
    keys = keys or KnownKeys()
    keys.begin_portion()
    with transaction.atomic():
        lock_catalog(catalog)
        numbered = without_suppressed(catalog, numbered, result)
        if create_items:
            result.items_created = _create_missing_items(catalog, numbered, now)
        found = _with_items(catalog, numbered, result, keys)
        events = _events(catalog, found, now, keys)
        timed = {number for number, row, _item in found if row.created_at}
        new = _insert_events(catalog, events, result, timed)
        if result.created or result.updated:
            history_changed.send(
                Profile, profile_ids=sorted({event.profile_id for _number, event in events})
            )
        count_returns(catalog, [error.value for error in result.suppressed])
    count_events(catalog.slug, (event.kind for event in new))
    count_not_recorded(catalog.slug, "repeated", result.repeated + result.updated)
    count_not_recorded(catalog.slug, "refused", len(result.errors) + len(result.suppressed))
    result.errors.sort(key=lambda error: error.row)
    return result


def upsert_items(
    *,
    catalog: Catalog,
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
    times_checked: bool = False,
) -> BulkResult:
    """Create or change items by ``item_id``; a field that a row leaves out stays.

    Args:
        rows: ``item_id``, and optional ``title``, ``description``, ``categories`` (a list, the main
            one first, or one text joined by ``|``), ``provider``, ``language``, ``attributes``,
            ``available``, ``created_at``, and what `shop_fields` reads.
        numbers: the row numbers in errors; 1, 2, 3 … by default.
        times_checked: the times of all rows were looked at together, as those of a file.

    Raises:
        AppError: ``too_many_rows`` above 10,000.
    """
    now = timezone.now()
    time = "" if times_checked else "created_at"
    read = partial(ItemRow.of, now=now, schema=catalog.attribute_schema)
    result, numbered = read_rows(rows, numbers, read, time=time)
    good, lines = _once(numbered, result)
    with transaction.atomic():
        lock_catalog(catalog)
        known = {
            item.external_id: item for item in by_key(catalog.items, [row.item_id for row in good])
        }
        good = with_sound_windows(good, known, lines, result)
        same = same_items(good, known)
        changed = [row for row in good if row.item_id not in same]
        saved = Item.objects.bulk_create(
            [_overlaid(catalog, row, known.get(row.item_id), now) for row in changed],
            update_conflicts=True,
            unique_fields=["catalog", "external_id"],
            update_fields=(*_ITEM_FIELDS, *_SEARCH_FIELDS),
        )
        regrouped = _set_categories(
            catalog, [(item, row.categories) for item, row in zip(saved, changed, strict=True)]
        )
        reads_anew = [item.pk for item in saved if _reads_anew(item, known.get(item.external_id))]
        items_changed.send(
            Item, catalog=catalog, item_ids=list(dict.fromkeys([*reads_anew, *regrouped]))
        )
    result.unchanged = len(same)
    result.updated = len(known) - len(same)
    result.created = len(good) - len(known)
    return result


def check_items(
    *,
    catalog: Catalog,
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
    times_checked: bool = False,
) -> BulkResult:
    """Check rows as `upsert_items` does, without writing."""
    now = timezone.now()
    time = "" if times_checked else "created_at"
    read = partial(ItemRow.of, now=now, schema=catalog.attribute_schema)
    result, numbered = read_rows(rows, numbers, read, time=time)
    good, lines = _once(numbered, result)
    found = by_key(catalog.items, [row.item_id for row in good])
    known = {item.external_id: item for item in found}
    good = with_sound_windows(good, known, lines, result)
    result.unchanged = len(same_items(good, known))
    result.updated = len(known) - result.unchanged
    result.created = len(good) - len(known)
    return result


def _with_items(
    catalog: Catalog,
    numbered: list[tuple[int, InteractionRow]],
    result: BulkResult,
    keys: KnownKeys,
) -> list[tuple[int, InteractionRow, int]]:
    """The rows with the keys of their items; unknown and unavailable items are errors."""
    items = keys.items_of(catalog, [row.item_id for _number, row in numbered])
    found, kinds = [], kinds_of(catalog)
    for number, row in numbered:
        pk, available = items.get(row.item_id, (None, False))
        if pk is None:
            result.errors.append(unknown_item(number, row))
        elif not available and not may_be_done_now(
            available=False, kind=row.kind, created_at=row.created_at, kinds=kinds
        ):
            result.errors.append(unavailable_item(number, row))
        else:
            found.append((number, row, pk))
    return found


def _create_missing_items(
    catalog: Catalog, numbered: Sequence[tuple[int, InteractionRow]], now: datetime
) -> int:
    """Items without text for the ids that the catalogue does not know."""
    asked = list(dict.fromkeys(row.item_id for _number, row in numbered))
    known = set(by_key(catalog.items.values_list("external_id", flat=True), asked))
    new = [
        Item(catalog=catalog, external_id=item_id, created_at=now)
        for item_id in asked
        if item_id not in known
    ]
    Item.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _events(
    catalog: Catalog,
    found: Sequence[tuple[int, InteractionRow, int]],
    now: datetime,
    keys: KnownKeys,
) -> list[tuple[int, EventRow]]:
    profiles = keys.profiles_of(catalog, [row.user_id for _number, row, _item in found])
    events = []
    for position, (number, row, item) in enumerate(found):
        # Rows without a time stay in the order in which they were sent.
        time = row.created_at or now - timedelta(microseconds=len(found) - position)
        event = EventRow(
            profiles[row.user_id], item, row.kind, row.value, time, row.event_id, catalog.pk,
            row.quantity, row.price, row.currency, row.session,
        )  # fmt: skip
        events.append((number, event))
    return events


def _insert_events(
    catalog: Catalog, waiting: list[tuple[int, EventRow]], result: BulkResult, timed: set[int]
) -> list[EventRow]:
    """Insert the new events and correct known ones; ``timed``: rows that say when.

    If a single interaction took an event id meanwhile, check again.

    A sample says whether the portion is new, as nearly all are: then the ids are not looked up. ON
    CONFLICT DO NOTHING would not return which rows were written.
    """
    known, changes = _written_unless_new(catalog, waiting), Changes()
    while True:
        waiting = _first_of_each_event(waiting, known, result, timed, changes)
        try:
            with transaction.atomic():
                new = [event for _number, event in waiting]
                result.created += insert_events(new)
                apply_corrections(catalog, changes)
            return new
        except IntegrityError:
            known = written_events(catalog, waiting)
            if not known:
                raise  # another constraint failed, not the one on event ids


def _written_unless_new(
    catalog: Catalog, waiting: list[tuple[int, EventRow]]
) -> dict[str, EventRow]:
    """Which of these events are in the database; nothing if none of a sample is."""
    step = max(1, len(waiting) // SAMPLE)
    known = written_events(catalog, waiting[::step])
    return known if step == 1 or not known else written_events(catalog, waiting)


def written_events(catalog: Catalog, numbered: list[tuple[int, EventRow]]) -> dict[str, EventRow]:
    """Which of these events are in the database, by event id."""
    ids = [event.event_id for _number, event in numbered if event.event_id]
    rows = by_key(catalog.interactions.order_by().values_list(*EventRow._fields), ids, "event_id")
    return {event.event_id: event for event in map(EventRow._make, rows) if event.event_id}


def _first_of_each_event(
    pairs: list[tuple[int, EventRow]],
    known: Mapping[str, EventRow],
    result: BulkResult,
    timed: set[int],
    changes: Changes,
) -> list[tuple[int, EventRow]]:
    """The new events. Repeated and corrected ones are counted; an id of two events is an error.

    ``changes`` gets the corrections.
    """
    seen, fresh = dict(known), []
    for number, event in pairs:
        first = seen.setdefault(event.event_id, event) if event.event_id else event
        if first is event:
            fresh.append((number, event))
        elif is_same_event(first, event):
            fields = corrected(first, event, has_time=number in timed)
            result.updated += bool(fields)
            result.repeated += not fields
            if fields and event.event_id:
                changes.append((event.event_id, fields))
        else:
            result.errors.append(taken_event_id(number, event.event_id))
    return fresh


def _once(
    numbered: list[tuple[int, ItemRow]], result: BulkResult
) -> tuple[list[ItemRow], dict[str, int]]:
    """The first row of each item, and its number by item id.

    A second row is an error, since one of both must be wrong.
    """
    first: dict[str, int] = {}
    good = []
    for number, row in numbered:
        if row.item_id in first:
            reason = _("was already in row %(row)s") % {"row": first[row.item_id]}
            result.errors.append(RowError(number, "item_id", row.item_id, reason))
        else:
            first[row.item_id] = number
            good.append(row)
    result.errors.sort(key=lambda error: error.row)
    return good, first


def _overlaid(catalog: Catalog, row: ItemRow, known: Item | None, now: datetime) -> Item:
    present = (
        {name: getattr(known, name) for name in _ITEM_FIELDS} if known else {"created_at": now}
    )
    return Item(catalog=catalog, external_id=row.item_id, **{**present, **row.fields})


def _reads_anew(item: Item, known: Item | None) -> bool:
    """Whether the item is new, or its text is another one."""
    return known is None or any(getattr(item, name) != getattr(known, name) for name in _TEXTS)


def _set_categories(catalog: Catalog, wanted: Sequence[tuple[Item, list[str] | None]]) -> list[int]:
    """Rewrite the category links of items whose given categories differ. Returns their keys."""
    given = {item.pk: names for item, names in wanted if names is not None}
    links = ItemCategory.objects.select_related("category")
    present: dict[int, list[str]] = {pk: [] for pk in given}
    for link in by_key(links, given, "item_id"):
        present[link.item_id].append(folded(link.category.name))
    changed = {pk: names for pk, names in given.items() if list(map(folded, names)) != present[pk]}
    categories = category_keys(catalog, [name for names in changed.values() for name in names])
    stale = [pk for pk in changed if present[pk]]
    for start in range(0, len(stale), LOOKUP):
        ItemCategory.objects.filter(item_id__in=stale[start : start + LOOKUP]).delete()
    ItemCategory.objects.bulk_create(
        ItemCategory(item_id=pk, category_id=categories[folded(name)], position=position)
        for pk, names in changed.items()
        for position, name in enumerate(names)
    )
    return list(changed)
