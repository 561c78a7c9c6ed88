"""What a program finds by words: the same as people on the page."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Catalog, Item
from catalog.search import item_search, keyword_search, semantic_hook
from tests.api_clients import Program, only_problem
from tests.factories import make_item


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """What texts mean, by text; a test fills it in."""
    means: dict[str, list[int]] = {}
    monkeypatch.setattr(
        semantic_hook, "readers", [lambda catalog, text, patient: means.get(text, [])]
    )
    return means


@pytest.fixture
def school(catalog: Catalog) -> list[Item]:
    """Twelve books and three courses with Python in the title, and a course on Go: three subjects, two kinds."""
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
def test_search_refuses_what_it_cannot_use_by_name(
    api: Program, items: list[Item], query: dict, field: str
) -> None:
    assert only_problem(api.get("search", 400, **query))[0] == field


def test_a_wrong_value_comes_back_with_what_there_is(api: Program, school: list[Item]) -> None:
    field, value, reason = only_problem(api.get("search", 400, q="python", kind="Film"))
    assert (field, value) == ("kind", "Film")
    assert "Book, Course" in reason
    assert "en, zh-hans" in only_problem(api.get("search", 400, q="python", language="fr"))[2]


def test_a_mistake_is_corrected_and_the_answer_says_so(api: Program, items: list[Item]) -> None:
    answer = api.get("search", q="beech towle")
    assert titles(answer) == ["Beach Towel"]
    assert answer["corrected"] == "beach towel"
    assert api.get("search", q="beach towel")["corrected"] is None


def test_what_is_near_in_meaning_comes_apart_and_on_the_first_page_only(
    api: Program, items: list[Item], known: dict[str, list[int]]
) -> None:
    known["mug"] = [items[4].pk, items[0].pk, items[3].pk]
    answer = api.get("search", q="mug", limit=2)
    assert (answer["total"], titles(answer, "semantically_similar")) == (
        3,
        ["Bath Towel", "Tea Towel"],
    )
    assert api.get("search", q="mug", limit=2, offset=2)["semantically_similar"] == []


def test_words_that_nothing_has_are_understood_all_the_same(
    api: Program, items: list[Item], known: dict[str, list[int]]
) -> None:
    known["喝水用的"] = [items[1].pk]
    answer = api.get("search", q="喝水用的")
    assert (answer["total"], titles(answer), titles(answer, "semantically_similar")) == (
        0,
        [],
        ["Blue Mug"],
    )


def test_some_of_the_words_will_do_where_nobody_reads_and_the_answer_says_so(
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
def test_filters_narrow_together(
    api: Program, school: list[Item], chosen: dict[str, str], total: int
) -> None:
    assert api.get("search", q="python", **chosen)["total"] == total


def test_filters_narrow_what_is_near_too(
    api: Program, school: list[Item], known: dict[str, list[int]]
) -> None:
    known["snake"] = [item.pk for item in school[10:14]]
    assert len(api.get("search", q="snake", kind="Course")["semantically_similar"]) == 2


def test_facets_count_what_each_choice_would_leave(api: Program, school: list[Item]) -> None:
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


def test_labels_speak_the_callers_language_and_values_do_not(
    api: Program, school: list[Item]
) -> None:
    answer = api.client.get(
        api.root + "search?q=python", headers={"Accept-Language": "zh-hans"}
    ).json()
    assert {"value": "Course", "label": "课程", "items": 3} in answer["facets"]["kind"]


def test_a_catalogue_without_kinds_has_no_such_facet(api: Program, items: list[Item]) -> None:
    assert set(api.get("search", q="mug")["facets"]) == {"category", "provider", "language"}
    reason = only_problem(api.get("search", 400, q="mug", kind="Mugs"))[2]
    assert reason == "This catalogue has no kinds."


def test_pages_lead_to_each_other_with_the_same_filters(api: Program, school: list[Item]) -> None:
    first = api.get("search", q="python", language="en", limit=5)
    assert (first["previous"], len(first["items"])) == (None, 5)
    second = api.client.get(first["next"]).json()
    third = api.client.get(second["next"]).json()
    assert third["next"] is None
    found = {item["item_id"] for page in (first, second, third) for item in page["items"]}
    assert len(found) == second["total"] == 12
    assert titles(api.client.get(second["previous"]).json()) == titles(first)


def test_a_filter_reaches_beyond_the_most_that_a_search_reads(
    api: Program, school: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (item_search, keyword_search):
        monkeypatch.setattr(module, "MAX_MATCHES", 5)
    answer = api.get("search", q="python", kind="Course")
    assert answer["total"] == 3


def test_costs_few_queries(
    api: Program, school: list[Item], django_assert_max_num_queries: Any
) -> None:
    api.get("search", q="python")
    with django_assert_max_num_queries(11):
        api.get("search", q="python", kind="Book", provider="Mill")
