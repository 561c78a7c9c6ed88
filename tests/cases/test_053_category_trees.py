"""Case 53: "A > B > C" is a tree; a category stands for all below it, everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Catalog, Profile
from catalog.models.category_paths import paths_to
from catalog.profiles.hidden import hidden_items, hide
from tests.api_clients import Program, writer
from tests.cases.doors import run
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


DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("file", "names"),
    [
        (
            "49-category-tree",
            {
                "p1": ["Clothing > Tshirts", "Clothing > Men"],
                "p2": ["Clothing > Tshirts"],
                "p3": ["Clothing", "Tshirts"],
            },
        ),
        ("52-category-case-space", {f"p{number}": ["Kitchen"] for number in range(1, 5)}),
        ("148-slash-labels", {"i1": ["Men/Shoes"]}),
    ],
)
def test_a_file_names_categories_in_one_spelling(
    catalog: Catalog, file: str, names: dict[str, list[str]]
) -> None:
    said, failed = run("import_items", DATA / file / "items.csv")
    assert not failed, said
    assert {item.external_id: item.category_names for item in catalog.items.all()} == names
    paths = {path for each in names.values() for name in each for path in paths_to(name)}
    assert set(catalog.categories.values_list("name", flat=True)) == paths


def test_one_item_may_name_a_category_in_two_widths(api: Program, catalog: Catalog) -> None:
    row = {
        "item_id": "pan",
        "categories": ["Kitchen", "Ｋｉｔｃｈｅｎ", "Home ＞ Pans", "home > pans"],
    }
    assert api.post("items/bulk", {"items": [row]}, 200)["errors"] == []
    assert catalog.items.get(external_id="pan").category_names == ["Kitchen", "Home > Pans"]
    assert catalog.categories.filter(name="Kitchen").count() == 1


@pytest.mark.parametrize(
    "name", ["Books, music > Jazz", "Tea, coffee", "Men, women > Shoes > Red, blue"]
)
def test_a_comma_in_a_name_is_part_of_it(catalog: Catalog, tmp_path: Path, name: str) -> None:
    (tmp_path / "items.csv").write_text(f'item_id,categories\ni1,"{name}"\n')
    run("import_items", tmp_path / "items.csv")
    assert catalog.items.get().category_names == [name]
