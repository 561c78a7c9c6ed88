"""Case 53: "A > B > C" is a tree; a category stands for all below it, everywhere."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Catalog, Profile
from catalog.profiles.hidden import hidden_items, hide
from tests.api_clients import Program, writer
from tests.recommender.api.answers import ids

ROWS = [
    {"item_id": "tee", "title": "Tee", "categories": ["Clothing > T-shirts"]},
    {"item_id": "polo", "title": "Polo", "categories": ["Clothing>T-shirts", "Clothing > Men"]},
    {"item_id": "coat", "title": "Coat", "categories": ["Clothing"]},
    {"item_id": "mug", "title": "Mug", "categories": ["Kitchen"]},
]


@pytest.fixture
def api(catalog: Catalog) -> Program:
    program = writer(catalog)
    assert program.post("items/bulk", {"items": ROWS}, 200)["errors"] == []
    return program


def test_filters_take_the_subtree(api: Program) -> None:
    clothing = {"tee", "polo", "coat"}
    assert {
        item["item_id"] for item in api.get("items", category="Clothing")["results"]
    } == clothing
    assert {
        item["item_id"]
        for item in api.get("search", q="tee polo coat", category="Clothing")["items"]
    } == (clothing)
    assert set(ids(api.get("recommendations", category="Clothing"))) == clothing
    assert set(ids(api.get("recommendations", category="Clothing > T-shirts"))) == {"tee", "polo"}


def test_facets_count_the_subtree_and_show_the_last_part(api: Program) -> None:
    facets = api.get("search", q="tee polo coat mug")["facets"]["category"]
    assert {each["value"]: each["items"] for each in facets} == {
        "Clothing": 3,
        "Clothing > T-shirts": 2,
        "Clothing > Men": 1,
        "Kitchen": 1,
    }
    labels = {each["value"]: each["label"] for each in facets}
    assert labels["Clothing > T-shirts"] == "T-shirts"


def test_hiding_takes_the_subtree(api: Program, catalog: Catalog, profile: Profile) -> None:
    hide(profile=profile, what="category", value="Clothing")
    assert hidden_items(profile) == set(
        catalog.items.exclude(external_id="mug").values_list("pk", flat=True)
    )


def test_pages_show_the_path(api: Program, client: Client, catalog: Catalog) -> None:
    tee = catalog.items.get(external_id="tee")
    page = client.get(tee.get_absolute_url()).content.decode()
    crumbs = page.split('class="crumbs"')[1].split("</nav>")[0]
    assert crumbs.index(">Clothing<") < crumbs.index(">T-shirts<")
    found = client.get(reverse("catalog:search", args=[catalog.slug]), {"category": "Clothing"})
    assert "Polo" in found.content.decode()


def test_a_path_with_an_empty_part_is_named(api: Program) -> None:
    answer = api.post("items", {"item_id": "x", "categories": ["Clothing > "]}, 400)
    assert answer["details"][0]["field"].startswith("categor")
