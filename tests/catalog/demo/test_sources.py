"""How each demo source becomes items."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.conf import settings

from catalog.demo import community, courses, health, labels, shop
from catalog.demo.dataset import read_rows, read_table
from catalog.demo.health_themes import theme_of
from catalog.demo.shop_categories import OTHER, categories_of


@pytest.mark.parametrize(
    ("title", "categories"),
    [
        ("PINK CERAMIC HEART CANDLE HOLDER", ["Candles and lights"]),
        ("LUNCH BAG DOLLY GIRL DESIGN", ["Bags and purses"]),
        ("JUMBO BAG VINTAGE LEAF", ["Bags and purses"]),
        ("PLASTERS IN TIN SKULLS", ["Bathroom and beauty"]),
        ("SET OF 12 FAIRY CAKE BAKING CASES", ["Kitchen and baking"]),
        ("PAPER CHAIN KIT VINTAGE CHRISTMAS", ["Christmas", "Craft and sewing"]),
        ("SET OF 6 T-LIGHTS EASTER CHICKS", ["Easter", "Candles and lights"]),
        ("BOXES", ["Storage and organisers"]),
        ("HEART", ["Hanging decorations"]),
        ("XYZZY", [OTHER]),
    ],
)
def test_the_title_gives_the_category(title: str, categories: list[str]) -> None:
    assert categories_of(title) == categories


def test_nearly_all_products_have_a_category_and_all_have_a_chinese_name() -> None:
    titles = [row["title"] for row in read_rows(settings.DEMO_DATA_DIR / "uci-online-retail")]
    found = [categories_of(title) for title in titles]
    assert sum(names != [OTHER] for names in found) / len(titles) > 0.97
    used = {name for names in found for name in names}
    assert 15 <= len(used) <= 25
    assert used <= set(labels.SHOP_ZH)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("SET/3 OF T-LIGHTS IN BOX", "Set/3 of T-Lights in Box"),
        ("CHILDREN'S APRON", "Children's Apron"),
        ("THE KING", "The King"),
        ("LED TEA LIGHTS", "LED Tea Lights"),
        ("POLYESTER FILLER PAD 40x40cm", "POLYESTER FILLER PAD 40x40cm"),
    ],
)
def test_titles_in_capitals_are_converted(title: str, shown: str) -> None:
    assert shop.readable(title) == shown


def test_prices_are_read() -> None:
    assert shop.price_of("Median unit price: £0.85") == 0.85
    assert shop.price_of("") is None


def course(**fields: str) -> dict[str, str]:
    return {
        "item_id": "https://x.org/1",
        "title": "A",
        "description": "",
        "categories": "book|Python|English",
        **fields,
    }


def test_a_course_has_topic_kind_author_and_link() -> None:
    item = courses.item_of(
        course(
            title="Introduction to FastAPI \\| Part 1",
            description="Book on Python / FastAPI. Sebastián Ramírez "
            "(HTML, :construction: *in process*)",
            categories="book|Python|FastAPI|English",
        ),
        0,
    )
    assert (item.title, item.categories) == (
        "Introduction to FastAPI | Part 1",
        ["Python", "FastAPI", "Book"],
    )
    assert (item.provider, item.language, item.attributes["level"]) == (
        "Sebastián Ramírez",
        "en",
        0,
    )
    assert item.attributes["url"] == "https://x.org/1"
    assert item.description == "Book on Python / FastAPI. Sebastián Ramírez (HTML, *in process*)"


def test_a_chinese_book_gets_the_category_of_its_subject() -> None:
    item = courses.item_of(course(title="深入学习", categories="book|操作系统|Chinese"), 0)
    assert (item.categories, item.language, item.attributes["level"]) == (
        ["Operating Systems", "Book"],
        "zh-hans",
        2,
    )
    assert item.description == "Operating Systems图书。"


@pytest.mark.parametrize(
    ("topic", "shown"),
    [("0 - MOOC", "MOOC"), ("C\\", "C#"), ("Golang", "Go"), ("Vue.js", "Vue.js")],
)
def test_topic_names_are_cleaned(topic: str, shown: str) -> None:
    assert courses.topic_name(topic) == shown


def test_the_paths_between_topics_and_shelves_exist() -> None:
    data = settings.DEMO_DATA_DIR
    topics = {
        courses.topic_name(row["categories"].split("|")[1])
        for row in read_rows(data / "free-programming-courses-and-books")
    }
    assert {name for follows in courses.FOLLOWS.values() for name in follows} | set(
        courses.FOLLOWS
    ) <= topics
    items = [health.exercise_of(row) for row in read_rows(data / "free-exercise-db")]
    items += [health.topic_of(row) for row in read_rows(data / "medquad-health-topics")]
    items += [health.recipe_of(row) for row in read_rows(data / "howtocook-zh")]
    shelves = {item.attributes["shelf"] for item in items}
    assert {name for follows in health.FOLLOWS.values() for name in follows} | set(
        health.FOLLOWS
    ) <= shelves
    named = set(labels.HEALTH_ZH) | set(labels.HEALTH_EN)
    assert {name for item in items for name in item.categories} <= named


def test_kinds_come_first_in_health() -> None:
    exercise = {
        "item_id": "a",
        "title": "Sit-Up",
        "description": "Lie.",
        "categories": "strength|chest|other|beginner",
    }
    topic = {
        "item_id": "4-1",
        "title": "Heart Attack",
        "description": "Summary : Each year",
        "categories": "x|y",
    }
    recipe = {
        "item_id": "r",
        "title": "小龙虾",
        "description": "麻辣",
        "categories": "水产|难度4星",
    }
    assert health.exercise_of(exercise).categories == [
        "Exercise",
        "Chest",
        "Strength",
        "Other equipment",
        "Beginner",
    ]
    assert health.topic_of(topic).categories == ["Health topic", "Heart and circulation"]
    assert health.topic_of(topic).description == "Each year"
    assert health.recipe_of(recipe).categories == ["Recipe", "水产", "难度4星"]
    assert health.recipe_of(recipe).language == "zh-hans"


@pytest.mark.parametrize(
    ("title", "theme"),
    [
        ("Breast Cancer", "Cancer"),
        ("Laboratory Tests", "Tests, medicines and surgery"),
        ("Common Cold", "Lungs and breathing"),
        ("Knee Replacement", "Bones, joints and muscles"),
        ("Vitamin C", "Food and nutrition"),
        ("Xyzzy", "More health topics"),
    ],
)
def test_a_health_topic_gets_its_theme(title: str, theme: str) -> None:
    assert theme_of(title) == theme


def posts() -> list[dict[str, str]]:
    return [
        row
        for name in ("en.tsv", "zh.tsv")
        for row in read_table(settings.DEMO_DATA_DIR / "community" / name)
    ]


def test_the_community_has_enough_posts_half_of_them_in_each_language() -> None:
    rows = posts()
    languages = Counter(row["id"][:2] for row in rows)
    assert len(rows) >= 300
    assert languages["en"] == languages["zh"]
    assert {row["kind"] for row in rows} == {"Post", "Guide", "Picture"}
    assert all(count >= 20 for count in Counter(row["topic"] for row in rows).values())


def test_every_post_is_written_once_and_written_out() -> None:
    rows = posts()
    for field in ("id", "title", "text"):
        assert len({row[field] for row in rows}) == len(rows)
    assert all(5 <= len(row["text"]) <= 400 and row["author"] for row in rows)
    assert all(
        bool(re.search("[一-鿿]", row["text"])) == row["id"].startswith("zh") for row in rows
    )


def test_the_paths_between_topics_of_the_community_exist_and_have_chinese_names() -> None:
    topics = {row["topic"] for row in posts()}
    assert topics == set(community.AREAS)
    assert {name for follows in community.FOLLOWS.values() for name in follows} | set(
        community.FOLLOWS
    ) <= topics
    named = set(labels.COMMUNITY_ZH)
    assert topics | set(community.AREAS.values()) | {row["kind"] for row in posts()} == named


def test_a_post_has_author_topic_and_kind() -> None:
    row = {
        "id": "zh-tea-01",
        "topic": "Tea and coffee",
        "kind": "Guide",
        "author": "茶烟",
        "title": "泡茶",
        "text": "水开。",
    }
    item = community.item_of(row, "zh-hans", 0)
    assert (item.provider, item.language, item.description) == ("茶烟", "zh-hans", "水开。")
    assert item.categories == ["Tea and coffee", "Food", "Guide"]
