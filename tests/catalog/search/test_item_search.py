"""The search with and without a semantic reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from catalog.search import semantic_hook
from catalog.search.item_search import look_up, results
from tests.factories import make_interaction, make_item
from tests.html import compact

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}


@pytest.fixture(autouse=True)
def reads(monkeypatch) -> Callable[[dict[str, list[int]]], list[tuple[str, bool]]]:
    """No reader, until a test gives one its texts; it records what it was asked."""
    monkeypatch.setattr(semantic_hook, "readers", [])

    def teach(known: dict[str, list[int]]) -> list[tuple[str, bool]]:
        asked: list[tuple[str, bool]] = []

        def read(catalog, text, patient):
            asked.append((text, patient))
            return known.get(text, [])

        semantic_hook.register(read)
        return asked

    return teach


def pks(*items):
    return [item.pk for item in items]


class TestLookingUp:
    def test_keyword_results_come_first_and_semantic_results_are_not_repeated(
        self, catalog, items, reads
    ):
        reads({"mug": pks(items[3], items[0])})
        found = look_up(catalog, "mug")
        assert found.named == pks(*items[:3])
        assert found.near == pks(items[3])
        assert not found.corrected

    def test_a_mistake_is_corrected_before_the_semantic_search(self, catalog, items, reads):
        asked = reads({"towel": pks(items[0])})
        found = look_up(catalog, "towle")
        assert found.corrected == "towel"
        assert set(found.named) == set(pks(*items[3:]))
        assert found.near == pks(items[0])
        assert asked == [("towel", True)]

    def test_without_keyword_results_there_are_semantic_results(self, catalog, items, reads):
        reads({"喝水用的": pks(items[1], items[0])})
        found = look_up(catalog, "喝水用的")
        assert (found.named, found.near) == ([], pks(items[1], items[0]))

    def test_without_a_reader_items_with_most_of_the_words_match(self, catalog, items):
        found = look_up(catalog, "a blue mug for the office")
        assert found.loosely
        assert found.named[0] == items[1].pk
        assert set(found.named) == set(pks(*items[:3]))

    def test_an_empty_text_has_no_results(self, catalog, items):
        assert look_up(catalog, "zeppelin") == look_up(catalog, "…")

    def test_the_last_reader_with_results_answers(self, catalog, items, reads):
        reads({"tea": [1]})
        reads({"sea": [2]})
        assert semantic_hook.nearest(catalog, "tea") == [1]
        assert semantic_hook.nearest(catalog, "sea", patient=False) == [2]


class TestNarrowing:
    @pytest.fixture
    def shelf(self, catalog):
        fields = [
            ("Red Mug", "Mill", "en"),
            ("Blue Mug", "Kiln", "en"),
            ("马克杯 mug", "Kiln", "zh-hans"),
        ]
        return [
            make_item(catalog, title=title, provider=who, language=tongue, categories=["Mugs"])
            for title, who, tongue in fields
        ]

    @pytest.mark.parametrize("text", ["mug", ""])
    def test_by_provider_and_language_together(self, catalog, shelf, text):
        chosen = {"category": "Mugs", "provider": "Kiln", "language": "en"}
        assert results(catalog, text, chosen).found.named == pks(shelf[1])

    def test_filters_apply_to_semantic_results(self, catalog, shelf, reads):
        reads({"cup": pks(*shelf)})
        assert results(catalog, "cup", {"provider": "Kiln"}).found.near == pks(*shelf[1:])

    def test_facets_count_the_items_of_each_value(self, client, shelf):
        page = client.get("/c/shop/search/?q=mug&language=en", **BROWSER).content.decode()
        facets = compact(page.split('class="facets"')[1].split("</nav>")[0])
        assert (
            'href="?q=mug&amp;language=en&amp;provider=Kiln">Kiln<span class="number">1</span>'
            in facets
        )
        assert 'href="?q=mug&amp;language=zh-hans">简体中文<span class="number">1</span>' in facets
        assert 'href="?q=mug" aria-current="true">English<span class="number">2</span>' in facets

    def test_a_facet_with_one_value_is_not_shown(self, client, shelf):
        page = client.get("/c/shop/search/", **BROWSER).content.decode()
        assert "Providers" in page
        assert "category=Mugs" not in page.split('class="facets"')[1].split("</nav>")[0]

    def test_choosing_a_value_returns_to_the_first_page(self, client, catalog):
        for number in range(30):
            make_item(catalog, title=f"Spoon {number}", provider="Mill" if number % 2 else "Kiln")
        page = client.get("/c/shop/search/?q=spoon&page=2", **BROWSER).content.decode()
        assert 'href="?q=spoon&amp;provider=Kiln"' in page
        assert 'href="?q=spoon&amp;page=1"' in page

    def test_an_items_provider_links_to_its_items(self, client, shelf):
        page = client.get(shelf[0].get_absolute_url(), **BROWSER).content.decode()
        assert 'href="/c/shop/search/?provider=Mill"' in page


class TestThePage:
    def test_shows_the_corrected_words(self, client, items):
        page = client.get("/c/shop/search/?q=beech+towel", **BROWSER).content.decode()
        assert "No results for “beech towel”. Showing results for “beach towel”." in page
        assert "Beach Towel" in page

    def test_shows_semantic_results_without_keyword_results(self, client, items, reads):
        reads({"zeppelin": pks(items[3])})
        page = client.get("/c/shop/search/?q=zeppelin", **BROWSER).content.decode()
        assert "Nothing by that name" in page
        assert "Most similar:" in page
        near = page.split('id="found-near"')[1]
        assert f'data-item="{items[3].pk}"' in near
        assert f'data-item="{items[0].pk}"' not in near

    def test_a_full_page_of_keyword_results_has_no_semantic_results(
        self, client, catalog, items, reads
    ):
        reads({"spoon": pks(items[0])})
        for number in range(30):
            make_item(catalog, title=f"Spoon {number}")
        assert "found-near" not in client.get("/c/shop/search/?q=spoon", **BROWSER).content.decode()

    def test_without_results_filters_can_be_removed(self, client, items):
        page = client.get("/c/shop/search/?q=mug&category=Towels", **BROWSER).content.decode()
        assert 'href="?q=mug"' in page
        assert "Search everywhere" in page

    def test_needs_few_queries(self, client, items, reads, django_assert_max_num_queries):
        reads({"mug": pks(*items)})
        client.get("/c/shop/search/?q=mug", **BROWSER)
        with django_assert_max_num_queries(10):
            client.get("/c/shop/search/?q=mug", **BROWSER)


class TestSuggesting:
    def suggest(self, client, text):
        return client.get(
            reverse("catalog:suggest", args=["shop"]), {"q": text}, HTTP_HX_REQUEST="true"
        )

    def test_suggestions_are_links(self, client, items, profile):
        make_interaction(profile, items[2])
        page = self.suggest(client, "mu").content.decode()
        assert page.count('role="option"') == 4
        assert page.index("Green Mug") < page.index("Red Mug")
        assert 'href="/c/shop/search/?q=mu"' in page
        assert "<html" not in page

    def test_an_unfinished_word_with_a_mistake_is_corrected(self, client, items):
        assert "Beach Towel" in self.suggest(client, "baech to").content.decode()

    def test_suggestions_do_not_wait_for_a_reader(self, client, items, reads):
        asked = reads({})
        self.suggest(client, "mug")
        assert asked == [("mug", False)]

    def test_an_empty_text_has_no_suggestions_and_markup_is_escaped(self, client, items):
        assert self.suggest(client, "  ").content.decode().strip() == ""
        assert "<script" not in self.suggest(client, "<script>alert(1)</script>").content.decode()

    def test_a_suggestion_is_not_a_view(self, client, items):
        self.suggest(client, "mug")
        assert not items[0].interactions.exists()
