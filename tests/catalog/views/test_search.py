"""The page of search results."""

from __future__ import annotations

import pytest

from tests.factories import make_interaction, make_item


def test_search_counts_and_shows_results(visit, items):
    page = visit("/c/shop/search/?q=mug").content.decode()
    assert "3 items" in page
    assert "Red Mug" in page
    assert "Tea Towel" not in page


def test_a_category_filters_the_search(visit, items):
    page = visit("/c/shop/search/?category=Towels").content.decode()
    assert "Beach Towel" in page
    assert "Red Mug" not in page
    assert visit("/c/shop/search/?category=Nonsense").status_code == 404


def test_a_category_shows_popular_items_first(visit, items, profile):
    make_interaction(profile, items[5], "take")
    page = visit("/c/shop/search/?category=Towels").content.decode()
    assert page.index("Beach Towel") < page.index("Tea Towel") < page.index("Bath Towel")


def test_a_search_without_results_offers_help(visit, items):
    page = visit("/c/shop/search/?q=zeppelin").content.decode()
    assert "Nothing by that name" in page
    assert "Red Mug" in page


def test_long_results_have_pages(visit, catalog):
    for number in range(30):
        make_item(catalog, title=f"Spoon {number:02}")
    first, second = (
        visit(f"/c/shop/search/?q=spoon&page={page}").content.decode() for page in (1, 2)
    )
    assert "Page 1 of 2" in first
    assert 'rel="next"' in first
    assert first.count('class="card"') == 24
    assert second.count('class="card"') == 6


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=9999", "q=" + "a" * 300])
def test_bad_search_parameters_are_rejected_with_a_sentence(visit, items, query):
    assert visit(f"/c/shop/search/?{query}").status_code == 400


def test_typed_text_is_escaped(visit, items):
    page = visit("/c/shop/search/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page
