from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Catalog, Item
from tests import people
from tests.catalog.admin.pages import page_of, texts_of
from tests.factories import make_catalog, make_item

pytestmark = pytest.mark.django_db


def test_items_are_made_unavailable_and_available(items: list[Item]) -> None:
    manager, picked = people.manager(), [items[0].pk, items[1].pk]
    data = {"action": "make_unavailable", "_selected_action": picked}
    response = manager.post(page_of("item_changelist"), data)
    assert "2 items are now unavailable." in texts_of(response)
    assert set(Item.objects.filter(available=False).values_list("pk", flat=True)) == set(picked)
    manager.post(page_of("item_changelist"), {**data, "action": "make_available"})
    assert not Item.objects.filter(available=False).exists()


def test_a_viewer_has_no_button_for_availability(items: list[Item]) -> None:
    people.viewer().post(
        page_of("item_changelist"),
        {"action": "make_unavailable", "_selected_action": [items[0].pk]},
    )
    assert Item.objects.filter(available=True).count() == len(items)


def item_form(item: Item, **changes: object) -> dict[str, object]:
    links = list(item.item_categories.all())
    data: dict[str, object] = {
        "external_id": item.external_id, "title": item.title, "available": "on", "attributes": "{}",
        "created_at_0": "2026-01-01", "created_at_1": "10:00:00",
        "item_categories-TOTAL_FORMS": len(links), "item_categories-INITIAL_FORMS": len(links),
    }  # fmt: skip
    for number, link in enumerate(links):
        prefix = f"item_categories-{number}"
        data |= {
            f"{prefix}-id": link.pk,
            f"{prefix}-item": item.pk,
            f"{prefix}-category": link.category_id,
        }
        data |= {f"{prefix}-position": link.position}
    return {**data, **changes}


def test_an_item_is_edited(items: list[Item]) -> None:
    response = people.manager().post(
        page_of("item_change", items[0].pk), item_form(items[0], title="Crimson Mug")
    )
    assert response.status_code == 302
    items[0].refresh_from_db()
    assert items[0].title == "Crimson Mug"


def test_a_category_of_another_catalogue_is_rejected(items: list[Item]) -> None:
    foreign = make_item(make_catalog(), categories=["Elsewhere"]).categories.get()
    data = item_form(items[0], **{"item_categories-0-category": foreign.pk})
    response = people.manager().post(page_of("item_change", items[0].pk), data)
    assert "“Elsewhere” belongs to another catalogue." in response.content.decode()


def test_an_item_is_found_by_title_id_and_provider(items: list[Item]) -> None:
    items[0].provider = "Potter"
    items[0].save()
    for text in ("red mug", items[0].external_id, "potter"):
        page = people.viewer().get(page_of("item_changelist"), {"q": text}).content.decode()
        assert "Red Mug" in page
    assert (
        "Red Mug"
        not in people.viewer().get(page_of("item_changelist"), {"q": "towel"}).content.decode()
    )


def test_queries_of_the_item_list_do_not_grow(
    items: list[Item],
    catalog: Catalog,
    django_assert_max_num_queries: Callable[[int], DjangoAssertNumQueries],
) -> None:
    for number in range(40):
        make_item(catalog, categories=[f"Kind {number}"])
    manager = people.manager()
    manager.get(page_of("item_changelist"))
    with django_assert_max_num_queries(14):
        assert "Item" in manager.get(page_of("item_changelist")).content.decode()
