"""Cases 54 and 45: variants of one product take one place in every list; items are left out."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Catalog, Item
from config.caching import forget_process_caches
from recommender.models import ModelVersion
from recommender.training import versions
from tests.api_clients import Program, only_problem, writer
from tests.recommender.api.answers import ids
from tests.recommender.worlds import publish_by_hand, two_camps


@pytest.fixture
def version(catalog: Catalog, artifacts: object) -> ModelVersion:
    two_camps(catalog)
    return versions.promote(version=publish_by_hand(catalog, 1))


@pytest.fixture
def api(catalog: Catalog, version: ModelVersion) -> Program:
    return writer(catalog)


def group(item_ids: list[str], name: str) -> None:
    Item.objects.filter(external_id__in=item_ids).update(group=name)
    forget_process_caches()


def test_the_best_available_variant_stands_for_its_product(api: Program) -> None:
    before = ids(api.get("recommendations", n=6))
    group(before[:4], "one product")
    after = ids(api.get("recommendations", n=6))
    assert after[0] == before[0]
    assert len(after) == 6
    assert not set(after) & set(before[1:4])
    Item.objects.filter(external_id=before[0]).update(stock=0)
    assert ids(api.get("recommendations", n=6))[0] == before[1]


def test_who_knows_a_variant_is_offered_no_other(api: Program) -> None:
    taken = api.get("profiles/person-0")["history"][0]["item_id"]
    [first, *_rest] = before = ids(api.get("recommendations", user_id="person-0", n=5))
    group([taken, first], "one product")
    after = ids(api.get("recommendations", user_id="person-0", n=5))
    assert first not in after
    assert len(after) == len(before)


def test_similar_items_are_other_products(api: Program) -> None:
    before = ids(api.get("items/mug-red/similar", n=6))
    group(["mug-red", before[0]], "one")
    group(before[1:3], "two")
    after = ids(api.get("items/mug-red/similar", n=6))
    assert before[0] not in after
    assert len(set(before[1:3]) & set(after)) == 1
    assert len(after) == 6


def test_search_and_pages_show_a_product_once(
    api: Program, client: Client, catalog: Catalog
) -> None:
    mugs = [item["item_id"] for item in api.get("search", q="mug")["items"]]
    group(mugs, "mugs")
    assert len(api.get("search", q="mug")["items"]) == 1
    for listing in ("for-you", "new", "popular"):
        page = client.get(reverse("catalog:row", args=[catalog.slug, listing])).content.decode()
        assert sum(f"{name.removeprefix('mug-')} mug" in page for name in mugs) <= 1


def test_an_items_page_lists_its_variants(api: Program, client: Client, catalog: Catalog) -> None:
    group(["mug-red", "mug-blue"], "mugs")
    item = Item.objects.get(external_id="mug-red")
    page = client.get(item.get_absolute_url()).content.decode()
    variants = page.split('class="variants')[1].split("</ul>")[0]
    assert "blue mug" in variants
    assert "red mug" not in variants


def test_items_of_the_basket_are_left_out(api: Program) -> None:
    before = ids(api.get("recommendations", n=5))
    left_out = before[:2]
    assert not set(left_out) & set(ids(api.get("recommendations", n=5, exclude=left_out)))
    near = ids(api.get("items/mug-red/similar", n=3))
    assert near[0] not in ids(api.get("items/mug-red/similar", n=3, exclude=near[0]))
    too_many = [f"i{number}" for number in range(101)]
    problem = only_problem(api.get("recommendations", 400, exclude=too_many))
    assert problem[0] == "exclude"
