"""The search API returns the same results as the search page."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Catalog, Item
from catalog.search import item_search, keyword_search, semantic_hook
from tests.api_clients import Program, only_problem
from tests.factories import make_item


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """Embeds texts by a table, which a test fills in."""
    means: dict[str, list[int]] = {}
    monkeypatch.setattr(
        semantic_hook, "readers", [lambda catalog, text, patient: means.get(text, [])]
    )
    return means


@pytest.fixture
def school(catalog: Catalog) -> list[Item]:
    """Twelve books and three courses on Python, and a course on Go: three subjects, two types."""
    catalog.texts = {"zh-hans": {"categories": {"Course": "课程"}}}
    catalog.save()
    books = [
        make_item(
            catalog,
            title=f"Python {n}",
            categories=[subject, "Book"],
            provider="Mill",
            language="en",
        )
        for n, subject in enumerate(["Python"] * 5 + ["Data"] * 7)
    ]
    courses = [
        make_item(
            catalog,
            title=f"Python {n}",
            categories=["Python", "Course"],
            provider="Kiln",
            language="zh-hans",
        )
        for n in (12, 13, 14)
    ]
    go = make_item(catalog, title="Go", categories=["Go", "Course"], provider="Oak", language="en")
    return [*books, *courses, go]


def titles(answer: dict[str, Any], part: str = "items") -> list[str]:
    return [item["title"] for item in answer[part]]


def test_search_finds_items_by_words_and_says_how_many_there_are(
    api: Program, items: list[Item]
) -> None:
    answer = api.get("search", q="mug", limit=2)
    assert answer["total"] == 3
    assert len(answer["items"]) == 2
    assert answer["items"][0]["title"].endswith("Mug")


def test_search_finds_chinese(api: Program, catalog: Catalog) -> None:
    make_item(catalog, title="数据分析入门", external_id="b-2")
    assert [item["item_id"] for item in api.get("search", q="数据")["items"]] == ["b-2"]


def test_search_pages_without_repeating(api: Program, items: list[Item]) -> None:
    first = api.get("search", q="mug", limit=2)["items"]
    rest = api.get("search", q="mug", limit=2, offset=2)["items"]
    assert len({item["item_id"] for item in first + rest}) == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "mug", "limit": 101}, "limit"),
        ({"q": "mug", "offset": -1}, "offset"),
        ({"q": "mug", "category": "Cars"}, "category"),
        ({"q": "mug", "provider": "Nobody"}, "provider"),
        ({"q": "mug", "language": "tlh"}, "language"),
        ({"q": "mug", "kind": "Mugs"}, "kind"),
        ({"q": "mug", "category": ""}, "category"),
        ({"q": "mug", "page": 2}, "page"),
    ],
)
def test_bad_search_parameters_are_rejected_by_name(
    api: Program, items: list[Item], query: dict, field: str
) -> None:
    assert only_problem(api.get("search", 400, **query))[0] == field


def test_a_wrong_value_is_answered_with_the_known_values(api: Program, school: list[Item]) -> None:
    field, value, reason = only_problem(api.get("search", 400, q="python", kind="Film"))
    assert (field, value) == ("kind", "Film")
    assert "Book, Course" in reason
    assert "en, zh-hans" in only_problem(api.get("search", 400, q="python", language="fr"))[2]


def test_a_mistake_is_corrected_and_the_answer_says_so(api: Program, items: list[Item]) -> None:
    answer = api.get("search", q="beech towle")
    assert titles(answer) == ["Beach Towel"]
    assert answer["corrected"] == "beach towel"
    assert api.get("search", q="beach towel")["corrected"] is None


def test_semantic_results_are_separate_and_on_the_first_page_only(
    api: Program, items: list[Item], known: dict[str, list[int]]
) -> None:
    known["mug"] = [items[4].pk, items[0].pk, items[3].pk]
    answer = api.get("search", q="mug", limit=2)
    assert (answer["total"], titles(answer, "semantically_similar")) == (
        3,
        ["Bath Towel", "Tea Towel"],
    )
    assert api.get("search", q="mug", limit=2, offset=2)["semantically_similar"] == []


def test_unknown_words_get_semantic_results(
    api: Program, items: list[Item], known: dict[str, list[int]]
) -> None:
    known["喝水用的"] = [items[1].pk]
    answer = api.get("search", q="喝水用的")
    assert (answer["total"], titles(answer), titles(answer, "semantically_similar")) == (
        0,
        [],
        ["Blue Mug"],
    )


def test_without_a_reader_some_of_the_words_match_and_the_answer_says_so(
    api: Program, items: list[Item]
) -> None:
    answer = api.get("search", q="a blue mug for the office")
    assert titles(answer)[0] == "Blue Mug"
    assert answer["some_words_only"] is True
    assert api.get("search", q="blue mug")["some_words_only"] is False


@pytest.mark.parametrize(
    ("chosen", "total"),
    [
        ({"category": "Python"}, 8),
        ({"kind": "Course"}, 3),
        ({"provider": "Kiln"}, 3),
        ({"language": "EN"}, 12),
        ({"kind": "Book", "category": "Python", "provider": "Mill", "language": "en"}, 5),
        ({"kind": "Book", "provider": "Kiln"}, 0),
        ({"category": "Book"}, 12),
    ],
)
def test_filters_combine(
    api: Program, school: list[Item], chosen: dict[str, str], total: int
) -> None:
    assert api.get("search", q="python", **chosen)["total"] == total


def test_filters_apply_to_semantic_results(
    api: Program, school: list[Item], known: dict[str, list[int]]
) -> None:
    known["snake"] = [item.pk for item in school[10:14]]
    assert len(api.get("search", q="snake", kind="Course")["semantically_similar"]) == 2


def test_facets_count_the_items_of_each_value(api: Program, school: list[Item]) -> None:
    facets = api.get("search", q="python", language="zh-hans")["facets"]
    assert facets == {
        "category": [{"value": "Python", "label": "Python", "items": 3}],
        "kind": [{"value": "Course", "label": "Course", "items": 3}],
        "provider": [{"value": "Kiln", "label": "Kiln", "items": 3}],
        "language": [
            {"value": "zh-hans", "label": "简体中文", "items": 3},
            {"value": "en", "label": "English", "items": 12},
        ],
    }


def test_labels_are_translated_and_values_are_not(api: Program, school: list[Item]) -> None:
    answer = api.client.get(
        api.root + "search?q=python", headers={"Accept-Language": "zh-hans"}
    ).json()
    assert {"value": "Course", "label": "课程", "items": 3} in answer["facets"]["kind"]


def test_a_catalogue_without_kinds_has_no_such_facet(api: Program, items: list[Item]) -> None:
    assert set(api.get("search", q="mug")["facets"]) == {"category", "provider", "language"}
    reason = only_problem(api.get("search", 400, q="mug", kind="Mugs"))[2]
    assert reason == "This catalogue has no kinds of items."


def test_pages_lead_to_each_other_with_the_same_filters(api: Program, school: list[Item]) -> None:
    first = api.get("search", q="python", language="en", limit=5)
    assert (first["previous"], len(first["items"])) == (None, 5)
    second = api.client.get(first["next"]).json()
    third = api.client.get(second["next"]).json()
    assert third["next"] is None
    found = {item["item_id"] for page in (first, second, third) for item in page["items"]}
    assert len(found) == second["total"] == 12
    assert titles(api.client.get(second["previous"]).json()) == titles(first)


def test_a_filter_finds_items_beyond_the_limit_of_a_search(
    api: Program, school: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (item_search, keyword_search):
        monkeypatch.setattr(module, "MAX_MATCHES", 5)
    answer = api.get("search", q="python", kind="Course")
    assert answer["total"] == 3


def test_needs_few_queries(
    api: Program, school: list[Item], django_assert_max_num_queries: Any
) -> None:
    api.get("search", q="python")
    with django_assert_max_num_queries(11):
        api.get("search", q="python", kind="Book", provider="Mill")


@pytest.mark.parametrize(
    ("languages", "total"),
    [(["en"], 12), (["en", "zh-hans"], 15), (["EN,zh-hans"], 15), (["zh"], 3)],
)
def test_search_takes_several_languages(
    api: Program, school: list[Item], languages: list[str], total: int
) -> None:
    answer = api.get("search", q="python", language=languages, limit=4)
    assert answer["total"] == total
    if total > 4:
        assert api.client.get(answer["next"]).json()["total"] == total
    assert sum(value["items"] for value in answer["facets"]["language"]) == 15


def test_of_several_languages_the_unknown_one_is_named(api: Program, school: list[Item]) -> None:
    field, value, reason = only_problem(api.get("search", 400, q="python", language="en,fr"))
    assert (field, value) == ("language", "fr")
    assert "en, zh-hans" in reason
