"""Posts, guides and pictures of travel, food and making, written for this project.

The people are simulated. To take a post is to follow its thread; people who follow a post come back
to its author.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from catalog.demo.dataset import DemoCatalog, DemoItem, read_table
from catalog.demo.simulation import (
    Behaviour,
    SimulatedCatalog,
    arrivals,
    paths,
    simulate,
    word_weights,
)
from catalog.demo.texts import COMMUNITY
from catalog.demo.words import words_of

_FILES = {"en": "en.tsv", "zh-hans": "zh.tsv"}
AREAS: dict[str, str] = {
    "Trains and boats": "Travel",
    "Walking": "Travel",
    "City corners": "Travel",
    "Villages and markets": "Travel",
    "Nights outdoors": "Travel",
    "Baking": "Food",
    "Noodles and dumplings": "Food",
    "Tea and coffee": "Food",
    "Pickles and preserves": "Food",
    "Weeknight cooking": "Food",
    "Mending and sewing": "Making",
    "Wool and weaving": "Making",
    "Wood and tools": "Making",
    "Clay and glaze": "Making",
    "Paper and ink": "Making",
}
#: Topic -> the topics that people visit next, with shares.
FOLLOWS: dict[str, dict[str, float]] = {
    "Trains and boats": {"City corners": 0.5, "Villages and markets": 0.5},
    "City corners": {"Tea and coffee": 0.5, "Paper and ink": 0.5},
    "Walking": {"Nights outdoors": 0.7, "Villages and markets": 0.3},
    "Villages and markets": {"Pickles and preserves": 0.6, "Noodles and dumplings": 0.4},
    "Noodles and dumplings": {"Weeknight cooking": 0.6, "Pickles and preserves": 0.4},
    "Baking": {"Tea and coffee": 0.5, "Pickles and preserves": 0.5},
    "Tea and coffee": {"Clay and glaze": 0.7, "Baking": 0.3},
    "Mending and sewing": {"Wool and weaving": 0.8, "Paper and ink": 0.2},
    "Wood and tools": {"Clay and glaze": 0.5, "Weeknight cooking": 0.5},
}
BEHAVIOUR = Behaviour(
    start=int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()),
    end=int(datetime(2025, 6, 30, tzinfo=UTC).timestamp()),
    people=420,
    outcomes=(0.40, 0.14, 0.32, 0.14),
    readers={("en",): 0.4, ("zh-hans",): 0.35, ("en", "zh-hans"): 0.25},
)


def build(data: Path, rng: np.random.Generator) -> DemoCatalog:
    posts = [
        (row, language)
        for language, name in _FILES.items()
        for row in read_table(data / "community" / name)
    ]
    arrival = arrivals(len(posts), BEHAVIOUR, rng)
    items = [
        item_of(row, language, int(time))
        for (row, language), time in zip(posts, arrival, strict=True)
    ]
    return DemoCatalog(
        slug="community",
        fields=COMMUNITY,
        items=items,
        log=simulate(simulated_catalog_of(items), BEHAVIOUR, rng),
    )


def item_of(row: dict[str, str], language: str, arrival: int) -> DemoItem:
    """Categories: topic, area, kind. The provider is the author."""
    return DemoItem(
        item_id=row["id"],
        title=row["title"],
        description=row["text"],
        categories=[row["topic"], AREAS[row["topic"]], row["kind"]],
        language=language,
        provider=row["author"],
        created_at=datetime.fromtimestamp(arrival, UTC),
    )


def simulated_catalog_of(items: list[DemoItem]) -> SimulatedCatalog:
    topics, authors = list(AREAS), sorted({item.provider for item in items})
    return SimulatedCatalog(
        topics=topics,
        topic=np.array([topics.index(item.categories[0]) for item in items], dtype=np.int32),
        language=np.array([item.language for item in items]),
        level=np.full(len(items), -1, dtype=np.int8),
        words=word_weights([words_of(f"{item.title} {item.description}") for item in items]),
        follows=paths(FOLLOWS, topics),
        arrival=np.array(
            [int(item.created_at.timestamp()) for item in items if item.created_at], dtype=np.int64
        ),
        author=np.array([authors.index(item.provider) for item in items], dtype=np.int32),
    )
