from __future__ import annotations

import pytest

from catalog.search.facets import Facets, offered
from tests.factories import make_item


@pytest.fixture
def school(catalog):
    """Sixteen items, each a book or a course, of eight subjects; Python in two languages."""
    for number in range(5):
        make_item(catalog, title=f"Book {number}", categories=["Python", "Book"], language="en")
    for subject in ("C", "Java", "Ruby", "Rust", "SQL", "Zig", "Zsh"):
        make_item(catalog, title=f"{subject} book", categories=[subject, "Book"], language="en")
    for number in range(3):
        make_item(
            catalog, title=f"Course {number}", categories=["Python", "Course"], language="zh-hans"
        )
    make_item(catalog, title="Go course", categories=["Go", "Course"], language="en")
    make_item(catalog, title="Gone", categories=["Gone"], language="fr", available=False)
    return catalog


def titles(catalog, **chosen):
    keys = Facets(**chosen).keys(catalog)
    return sorted(catalog.items.filter(pk__in=keys).values_list("title", flat=True))


def test_categories_that_cover_all_items_without_overlap_are_types(school):
    offer = offered(school)
    assert offer.kinds == (("Book", 12), ("Course", 4))
    assert offer.categories[:2] == (("Python", 8), ("C", 1))
    assert offer.languages == (("en", 13), ("zh-hans", 3))


def test_if_types_were_the_only_categories_they_stay_categories(catalog, items):
    offer = offered(catalog)
    assert (offer.kinds, offer.categories) == ((), (("Mugs", 3), ("Towels", 3)))


def test_without_such_categories_there_are_no_types(catalog, items):
    make_item(catalog, categories=["Mugs", "Towels"])
    offer = offered(catalog)
    assert offer.kinds == ()
    assert offer.languages == ()
    assert [name for name, _size in offer.categories] == ["Mugs", "Towels"]


def test_every_facet_filters(school):
    assert titles(school, kind="Course", category="Python") == ["Course 0", "Course 1", "Course 2"]
    assert titles(school, language="en", kind="Course") == ["Go course"]
    assert titles(school, category="No such") == []
    assert Facets().keys(school) is None


def test_an_address_has_the_chosen_facets_only():
    assert Facets(category="Tea & more", taken=True).query == "category=Tea+%26+more&taken=1"
    assert Facets().query == ""


def test_the_facets_are_cached(school, django_assert_num_queries):
    offered(school)
    with django_assert_num_queries(0):
        offered(school)
