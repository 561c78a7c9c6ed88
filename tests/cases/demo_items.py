"""The items of the demo catalogues as they are searched, without their simulated people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from django.conf import settings

from catalog.demo import community, courses, health, shop
from catalog.demo.dataset import DemoItem, read_rows, read_table
from catalog.demo.shop_categories import categories_of
from recommender.engine.exclusions.matching import SearchableItems
from recommender.engine.exclusions.searchable_item import SearchableItem

DATA = settings.DEMO_DATA_DIR


@cache
def demo_items(slug: str) -> SearchableItems:
    return SearchableItems(
        [
            SearchableItem.of(
                key,
                item.title,
                item.description,
                categories=item.categories,
                provider=item.provider,
                attributes=item.attributes,
                language=item.language,
            )
            for key, item in enumerate(_ITEMS[slug]())
        ]
    )


def _shop() -> Iterator[DemoItem]:
    for row in read_rows(DATA / "uci-online-retail"):
        title = row["title"]
        attributes = {"source_title": title}
        yield DemoItem(
            row["item_id"], shop.readable(title), "", categories_of(title), "en", "", attributes
        )


def _courses() -> Iterator[DemoItem]:
    rows = read_rows(DATA / "free-programming-courses-and-books")
    return (courses.item_of(row, 0) for row in rows)


def _health() -> Iterable[DemoItem]:
    yield from map(health.exercise_of, read_rows(DATA / "free-exercise-db"))
    yield from map(health.topic_of, read_rows(DATA / "medquad-health-topics"))
    yield from map(health.recipe_of, read_rows(DATA / "howtocook-zh"))


def _community() -> Iterator[DemoItem]:
    for language, name in (("en", "en.tsv"), ("zh-hans", "zh.tsv")):
        rows = read_table(DATA / "community" / name)
        yield from (community.item_of(row, language, 0) for row in rows)


_ITEMS = {"shop": _shop, "courses": _courses, "health": _health, "community": _community}
