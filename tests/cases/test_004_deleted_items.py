"""Case 4: items that go after a training leave no hole in any list."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from catalog.models import Catalog, Item, Profile
from catalog.profiles.hidden import hide
from recommender.models import ModelVersion, RemovedItem
from recommender.training import item_changes, versions
from tests.api_clients import Program, writer
from tests.factories import make_catalog, make_item
from tests.recommender.api.answers import ids
from tests.recommender.worlds import publish_by_hand, two_camps

WHO = {"person": {"user_id": "person-0"}, "nobody": {}, "category": {"category": "Mugs"}}


@pytest.fixture
def version(catalog: Catalog, artifacts: object) -> ModelVersion:
    two_camps(catalog)
    return versions.promote(version=publish_by_hand(catalog, 1))


@pytest.fixture
def api(catalog: Catalog, version: ModelVersion) -> Program:
    return writer(catalog)


def delete(item_ids: list[str]) -> None:
    for item in Item.objects.filter(external_id__in=item_ids):
        item.delete()


def delete_at_once(item_ids: list[str]) -> None:
    Item.objects.filter(external_id__in=item_ids).delete()


def sell_out(item_ids: list[str]) -> None:
    Item.objects.filter(external_id__in=item_ids).update(available=False)


def delete_in_the_database(item_ids: list[str]) -> None:
    """No signal is sent, so nothing is noted."""
    keys = Item.objects.filter(external_id__in=item_ids).values_list("pk", flat=True)
    listed = ",".join(map(str, keys))
    tables = [(each.related_model, each.field.column) for each in Item._meta.related_objects]
    with connection.cursor() as cursor:
        for model, column in [*tables, (Item, "id")]:
            table = model._meta.db_table
            cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({listed})")


def shown(client: Client, address: str, items: list[Item]) -> list[Item]:
    """Those of the items that the page links to."""
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()
    return [item for item in items if f'"{item.get_absolute_url()}"' in page]


GO = [delete, delete_at_once, sell_out, delete_in_the_database]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("go", GO)
def test_five_others_come_in_place_of_the_best_five(
    api: Program, who: str, go: Callable[[list[str]], None]
) -> None:
    n = 3 if who == "category" else 5
    first = ids(api.get("recommendations", n=n, **WHO[who]))
    go(first)
    answer = api.get("recommendations", n=n, **WHO[who])
    wanted = min(n, 16 - 5 - n) if who == "person" else n
    assert len(answer["items"]) >= wanted
    assert not set(first) & set(ids(answer))


@pytest.mark.parametrize("go", GO)
def test_similar_items_are_filled_too(api: Program, go: Callable[[list[str]], None]) -> None:
    first = ids(api.get("items/mug-red/similar", n=5))
    go(first)
    found = ids(api.get("items/mug-red/similar", n=5))
    assert len(found) == 5
    assert not set(first) & set(found)


def test_the_answer_says_when_nothing_is_left(api: Program) -> None:
    delete_at_once(list(Item.objects.values_list("external_id", flat=True)))
    answer = api.get("recommendations", user_id="person-0", n=5)
    assert (answer["items"], answer["fallback"]) == ([], "nothing_available")


def test_hiding_a_category_fills_the_list_from_the_other(api: Program, catalog: Catalog) -> None:
    person = Profile.objects.get(external_id="person-0")
    hide(profile=person, what="category", value="Mugs")
    found = ids(api.get("recommendations", user_id="person-0", n=5))
    assert len(found) == 5
    assert all(key.startswith("towel") for key in found)


def test_a_row_whose_items_went_after_the_page_was_planned_is_filled(
    client: Client, catalog: Catalog, version: ModelVersion
) -> None:
    items = [make_item(catalog, external_id=f"more-{number}") for number in range(40)]
    client.cookies["rows"] = "live"
    page = client.get(catalog.get_absolute_url()).content.decode()
    address = html.unescape(re.search(r'hx-get="([^"]*row=popular)"', page).group(1))
    before = shown(client, address, items)
    sell_out([item.external_id for item in before[:2]])
    after = shown(client, address, items)
    assert not set(before[:2]) & set(after)
    assert len(after) == len(before)


def test_popular_items_reach_past_the_stored_best(catalog: Catalog, client: Client) -> None:
    """The curve counts once a minute; what went meanwhile makes room for the newest."""
    items, _profiles = two_camps(catalog)
    address = reverse("catalog:row", args=[catalog.slug, "popular"])
    shown(client, address, items)
    sell_out([item.external_id for item in items[:4]])
    late = make_item(catalog, external_id="late", title="Late")
    assert set(shown(client, address, [*items, late])) == {*items[4:], late}


def test_a_catalogue_is_deleted_without_notes(version: ModelVersion) -> None:
    version.catalog.delete()
    assert not RemovedItem.objects.exists()


def test_notes_end_with_the_versions_that_need_them(
    catalog: Catalog, version: ModelVersion
) -> None:
    delete(["mug-red"])
    other = make_catalog()
    make_item(other).delete()
    assert item_changes.forget_removed() == 1
    assert list(RemovedItem.objects.values_list("catalog_id", flat=True)) == [catalog.pk]
    version.damage = "pruned"
    version.save()
    assert item_changes.forget_removed() == 1
