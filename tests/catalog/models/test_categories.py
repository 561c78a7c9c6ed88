from __future__ import annotations

import pytest

from catalog.ingestion.bulk_writes import upsert_items
from catalog.models import Catalog, Category, Item
from catalog.models.categories import in_subtree
from catalog.models.category_paths import path_of, paths_to


def tree(catalog: Catalog) -> dict[str, str | None]:
    rows = catalog.categories.values_list("name", "parent__name")
    return dict(rows)


@pytest.mark.parametrize(
    "text", ["Clothing > T-shirts", "Clothing>T-shirts", " Clothing  >T-shirts "]
)
def test_a_path_has_one_form(text: str) -> None:
    assert path_of(text) == "Clothing > T-shirts"


def test_markup_is_no_path_and_an_empty_part_is_an_error() -> None:
    assert path_of("<b>Books</b>") == "<b>Books</b>"
    with pytest.raises(ValueError, match="empty part"):
        path_of("Clothing > > Men")


def test_a_file_makes_the_categories_above(catalog: Catalog) -> None:
    rows = [{"item_id": "a", "categories": "Clothing > Men > T-shirts|Sale"}]
    assert upsert_items(catalog=catalog, rows=rows).errors == []
    assert tree(catalog) == {
        "Clothing": None,
        "Clothing > Men": "Clothing",
        "Clothing > Men > T-shirts": "Clothing > Men",
        "Sale": None,
    }
    item = Item.objects.get(external_id="a")
    assert item.category_names == ["Clothing > Men > T-shirts", "Sale"]


def test_names_that_differ_in_case_or_space_are_one_category(catalog: Catalog) -> None:
    upsert_items(catalog=catalog, rows=[{"item_id": "a", "categories": ["Books > Maps"]}])
    rows = [
        {"item_id": "b", "categories": " books "},
        {"item_id": "c", "categories": ["BOOKS>maps", "Books > Maps", "books > Atlas"]},
    ]
    assert upsert_items(catalog=catalog, rows=rows).errors == []
    assert sorted(tree(catalog)) == ["Books", "Books > Atlas", "Books > Maps"]
    item = Item.objects.get(external_id="c")
    assert item.category_names == ["Books > Maps", "Books > Atlas"]


def test_an_empty_part_is_a_bad_row(catalog: Catalog) -> None:
    [error] = upsert_items(catalog=catalog, rows=[{"item_id": "a", "categories": "A > |B"}]).errors
    assert (error.field, error.value) == ("category", "A >")


def test_the_subtree_is_the_category_and_all_below(catalog: Catalog) -> None:
    for name in ("Clothing > Men > T-shirts", "Clothing > Women", "Clothing of old", "Toys"):
        Category.objects.create(catalog=catalog, name=name)
    found = catalog.categories.filter(in_subtree("Clothing")).values_list("name", flat=True)
    assert set(found) == {
        "Clothing",
        "Clothing > Men",
        "Clothing > Men > T-shirts",
        "Clothing > Women",
    }
    assert paths_to("A > B > C") == ["A", "A > B", "A > B > C"]


def test_a_renamed_category_takes_those_below_along(catalog: Catalog) -> None:
    Category.objects.create(catalog=catalog, name="Clothing > Men > T-shirts")
    top = catalog.categories.get(name="Clothing")
    top.name = "Apparel"
    top.save()
    assert tree(catalog) == {
        "Apparel": None,
        "Apparel > Men": "Apparel",
        "Apparel > Men > T-shirts": "Apparel > Men",
    }
