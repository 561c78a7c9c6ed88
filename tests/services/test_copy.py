"""Events written by COPY are those that were sent, and a constraint still stops them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalog.ingestion.bulk_writes import record_interactions
from catalog.interactions.fast_insert import EventRow, insert_events
from catalog.models import Interaction
from tests.factories import make_item, make_profile

pytestmark = pytest.mark.services

WHEN = datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def event(catalog, profile, item, event_id, **fields):
    row = EventRow(profile.pk, item.pk, "take", None, WHEN, event_id, catalog.pk)
    return row._replace(**fields)


def test_cells_come_back_as_they_were_written(catalog):
    profile, item = make_profile(catalog), make_item(catalog)
    awkward = ["plain", "a\\b", "tab\there", "line\nbreak\r", "é😀", "\\N", 'q"uote', None]
    rows = [
        event(catalog, profile, item, event_id, created_at=WHEN + timedelta(seconds=at))
        for at, event_id in enumerate(awkward)
    ]
    last = event(catalog, profile, item, "last", value=0.1, quantity=2.5, price=Decimal("12.50"))
    rows.append(last._replace(currency="EUR", session="s\t1"))
    assert insert_events(rows) == len(rows)
    stored = Interaction.objects.order_by("pk").values_list(*EventRow._fields)
    assert [EventRow._make(row) for row in stored] == rows


def test_an_event_id_that_is_there_stops_the_whole_copy(catalog):
    profile, item = make_profile(catalog), make_item(catalog)
    insert_events([event(catalog, profile, item, "there")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_events([event(catalog, profile, item, name) for name in ("new", "there")])
    assert Interaction.objects.get().event_id == "there"


def test_a_bulk_post_counts_as_without_copy(catalog):
    make_item(catalog, external_id="a")
    rows = [
        {"user_id": f"u{at % 3}", "item_id": "a", "kind": "view", "event_id": f"e{at % 50}"}
        for at in range(60)
    ]
    result = record_interactions(catalog=catalog, rows=rows)
    assert (result.created, result.repeated, len(result.errors)) == (50, 0, 10)
