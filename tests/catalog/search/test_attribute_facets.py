"""Facets of typed attributes: on the page of a search, and in the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Catalog, Item
from catalog.search.attribute_facets import attribute_facets
from catalog.search.attribute_filters import read_filters
from catalog.search.item_search import results
from tests.catalog.attribute_mugs import make_mugs
from tests.html import compact

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}


@pytest.fixture
def mugs(catalog: Catalog) -> list[Item]:
    return make_mugs(catalog)


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ({"colour": "RED"}, [0, 1]),
        ({"colour": "café olé"}, [2]),
        ({"material": "clay"}, [0, 2]),
        ({"tags": "gift"}, [0, 1]),
        ({"tags": "new", "colour": "red"}, [0]),
        ({"washable": "true"}, [0]),
        ({"washable": "no"}, [1]),
        ({"weight_min": "2"}, [1, 2]),
        ({"weight_max": "2.0"}, [0, 1]),
        ({"weight_min": "0.6", "weight_max": "9"}, [1]),
        ({"made_min": "2026-01-31"}, [0]),
        ({"made_max": "2026-01-30"}, [1]),
        ({"contains__gte_min": "5"}, [0]),
        ({"weight_min": "1", "made_max": "2026-01-01", "washable": "false"}, [1]),
    ],
)
@pytest.mark.parametrize("text", ["mug", ""])
def test_filters_keep_the_items_with_the_value(
    catalog: Catalog, mugs: list[Item], given: dict[str, str], numbers: list[int], text: str
) -> None:
    filters = read_filters(catalog, {f"attributes.{name}": value for name, value in given.items()})
    found = results(catalog, text, {}, filters).found.named
    assert sorted(found) == [mugs[n].pk for n in numbers]


def test_facets_count_values_of_the_type_and_bound_numbers(
    catalog: Catalog, mugs: list[Item]
) -> None:
    facets = {each.name: each for each in attribute_facets(catalog, results(catalog, "mug", {}))}
    assert "note" not in facets
    assert facets["colour"].values == {"red": 2, "Café Olé": 1}
    assert facets["material"].values == {"clay": 2, "steel": 1}
    assert facets["tags"].values == {"gift": 3, "new": 1}
    assert facets["washable"].values == {"false": 1, "true": 1}
    assert (facets["weight"].lowest, facets["weight"].highest) == (0.5, 10)
    assert (facets["made"].lowest, facets["made"].highest) == ("2025-12-01", "2026-01-31")


def test_a_facet_counts_by_the_other_filters(catalog: Catalog, mugs: list[Item]) -> None:
    filters = read_filters(catalog, {"attributes.colour": "red", "attributes.weight_min": "1"})
    facets = {
        each.name: each for each in attribute_facets(catalog, results(catalog, "", {}, filters))
    }
    assert facets["colour"].values == {"red": 1, "Café Olé": 1}
    assert facets["material"].values == {"steel": 1}
    assert (facets["weight"].lowest, facets["weight"].highest) == (0.5, 2)


def test_one_query_a_facet_and_none_without_facets(
    catalog: Catalog, mugs: list[Item], django_assert_num_queries: Any
) -> None:
    found = results(catalog, "mug", {})
    with django_assert_num_queries(7):
        attribute_facets(catalog, found)
    everything = results(catalog, "", {})
    attribute_facets(catalog, everything)
    with django_assert_num_queries(0):
        attribute_facets(catalog, everything)
    catalog.attribute_schema = {"note": {"type": "text"}}
    with django_assert_num_queries(0):
        assert attribute_facets(catalog, found) == []


class TestThePage:
    def _facets(self, client: Client, query: str = "") -> str:
        page = client.get(f"/c/shop/search/{query}", **BROWSER).content.decode()
        return compact(page.split('class="facets"')[1].split("</nav>")[0])

    def test_offers_values_and_bounds(self, client: Client, mugs: list[Item]) -> None:
        facets = self._facets(client, "?q=mug")
        assert 'href="?q=mug&amp;attributes.colour=red">red<span class="number">2</span>' in facets
        assert '<summary class="small soft">weight' in facets.replace("Weight", "weight")
        assert 'name="attributes.weight_min"' in facets
        assert 'placeholder="0.5"' in facets
        assert 'type="date" name="attributes.made_max"' in facets

    def test_a_chosen_value_can_be_lifted(self, client: Client, mugs: list[Item]) -> None:
        facets = self._facets(client, "?q=mug&attributes.colour=Red&attributes.weight_min=1&page=1")
        assert 'href="?q=mug&amp;attributes.weight_min=1" aria-current="true">red' in facets
        assert '<input type="hidden" name="attributes.colour" value="Red">' in facets
        assert 'name="attributes.weight_min" step="any" value="1"' in facets

    def test_fields_left_empty_are_no_filter(self, client: Client, mugs: list[Item]) -> None:
        query = "?attributes.weight_min=&attributes.weight_max=2"
        page = client.get(f"/c/shop/search/{query}", **BROWSER).content.decode()
        assert "Mug 1" in page
        assert "Mug 2" not in page

    def test_speaks_the_readers_language(self, client: Client, mugs: list[Item]) -> None:
        page = client.get("/c/shop/search/", **BROWSER, HTTP_ACCEPT_LANGUAGE="zh-hans")
        assert "颜色" in page.content.decode()

    def test_a_wrong_value_is_answered_with_the_reason(
        self, client: Client, mugs: list[Item]
    ) -> None:
        answer = client.get("/c/shop/search/?attributes.made_min=soon", **BROWSER)
        assert answer.status_code == 400
        assert "must be a date" in answer.content.decode()
