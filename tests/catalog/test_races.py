"""Two writers at once, on a database that allows two (SQLite in memory allows one)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from catalog.ingestion import bulk_writes
from catalog.interactions.record import record_interaction
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.profiles import services
from tests.factories import make_interaction, make_profile, make_user

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

WRITERS = 6


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """The results of threads that start together; an exception is a result too."""
    barrier = Barrier(WRITERS)

    def run(number: int) -> Any:
        try:
            barrier.wait()
            return act(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as executor:
        return list(executor.map(run, range(WRITERS)))


def test_one_of_many_threads_writes_an_event(profile: Profile, items: list[Item]) -> None:
    results = at_once(
        lambda _n: record_interaction(profile=profile, item=items[0], kind="take", event_id="e")
    )
    assert sorted(was_new for _row, was_new in results) == [False] * (WRITERS - 1) + [True]
    assert len({row.pk for row, _was_new in results}) == 1


def test_the_same_rows_in_other_orders_are_written_once(
    catalog: Catalog, items: list[Item]
) -> None:
    rows = [
        {
            "user_id": f"u{n % 40}",
            "item_id": items[n % 6].external_id,
            "kind": "take",
            "event_id": f"e{n}",
        }
        for n in range(400)
    ]
    results = at_once(
        lambda n: bulk_writes.record_interactions(
            catalog=catalog, rows=rows[n * 50 :] + rows[: n * 50]
        )
    )
    assert sum(result.created for result in results) == 400
    assert sum(result.repeated for result in results) == 400 * (WRITERS - 1)
    assert (Interaction.objects.count(), Profile.objects.count()) == (400, 40)


def test_single_events_and_a_bulk_post_do_not_conflict(
    catalog: Catalog, profile: Profile, items: list[Item]
) -> None:
    rows = [
        {"user_id": "ann", "item_id": items[0].external_id, "kind": "take", "event_id": f"e{n}"}
        for n in range(300)
    ]

    def act(number: int) -> int:
        if number == 0:
            return bulk_writes.record_interactions(catalog=catalog, rows=rows).created
        pairs = [
            record_interaction(profile=profile, item=items[0], kind="take", event_id=f"e{n}")
            for n in range(number, 300, 7)
        ]
        return sum(was_new for _row, was_new in pairs)

    results = at_once(act)
    assert sum(results) == Interaction.objects.count() == 300


def test_items_upserted_by_many_threads_exist_once_and_are_complete(catalog: Catalog) -> None:
    def act(number: int) -> Any:
        rows = [
            {"item_id": f"i{n}", "title": str(number), "categories": ["A", str(number)]}
            for n in range(50)
        ]
        return bulk_writes.upsert_items(catalog=catalog, rows=rows if number % 2 else rows[::-1])

    results = at_once(act)
    assert sum(result.created for result in results) == 50
    written = {(item.title, *item.category_names) for item in Item.objects.all()}
    assert len(written) == 1
    title, *names = written.pop()
    assert names == ["A", title]


def test_a_person_gets_one_profile(catalog: Catalog) -> None:
    results = at_once(
        lambda _n: services.get_or_create_profile(catalog=catalog, external_id="zoe").pk
    )
    assert len(set(results)) == 1


def test_visits_that_sign_in_at_once_share_one_profile(catalog: Catalog, items: list[Item]) -> None:
    user = make_user()
    visits = [make_profile(catalog, external_id=None) for _n in range(WRITERS)]
    for visit in visits:
        make_interaction(visit, items[0])
    results = at_once(lambda n: services.claim_profile(profile=visits[n], user=user).pk)
    own = Profile.objects.get()
    assert set(results) == {own.pk}
    assert (own.user, own.interactions.count()) == (user, WRITERS)
