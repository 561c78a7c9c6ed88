"""Exercises, health topics in plain words, and Chinese recipes; the people are simulated."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.demo.dataset import DemoCatalog, DemoItem, read_rows
from catalog.demo.health_themes import theme_of
from catalog.demo.simulation import (
    Behaviour,
    SimulatedCatalog,
    arrivals,
    paths,
    simulate,
    word_weights,
)
from catalog.demo.texts import HEALTH
from catalog.demo.words import words_of

EXERCISE, TOPIC, RECIPE = "Exercise", "Health topic", "Recipe"
_LEVELS = {"beginner": 0, "intermediate": 1, "expert": 2}
#: Topic -> the topics that people visit next, with shares: from a problem to what helps, from
#: muscle to muscle.
FOLLOWS: dict[str, dict[str, float]] = {
    "Heart and circulation": {"Food and nutrition": 0.4, "Cardio": 0.3, "素菜": 0.3},
    "Diabetes and hormones": {"Food and nutrition": 0.5, "Cardio": 0.2, "素菜": 0.3},
    "Bones, joints and muscles": {"Stretching": 0.5, "Lower back": 0.3, "Middle back": 0.2},
    "Digestion": {"Food and nutrition": 0.6, "汤羹": 0.4},
    "Mind and mood": {"Living well and growing older": 0.5, "Stretching": 0.5},
    "Food and nutrition": {"素菜": 0.5, "早餐": 0.3, "水产": 0.2},
    "Living well and growing older": {"Stretching": 0.5, "Cardio": 0.5},
    "Stretching": {"Abdominals": 0.5, "Lower back": 0.5},
    "Cardio": {"Quadriceps": 0.6, "Calves": 0.4},
    "Abdominals": {"Chest": 0.6, "Lower back": 0.4},
    "Chest": {"Triceps": 0.5, "Shoulders": 0.5},
    "Shoulders": {"Biceps": 0.5, "Traps": 0.5},
    "Biceps": {"Forearms": 0.5, "Lats": 0.5},
    "Lats": {"Middle back": 1.0},
    "Quadriceps": {"Hamstrings": 0.6, "Glutes": 0.4},
    "Hamstrings": {"Calves": 0.5, "Glutes": 0.5},
    "早餐": {"主食": 0.6, "饮品": 0.4},
    "素菜": {"荤菜": 0.5, "汤羹": 0.5},
    "荤菜": {"水产": 0.6, "汤羹": 0.4},
    "主食": {"素菜": 0.5, "荤菜": 0.5},
    "饮品": {"甜品": 1.0},
}
BEHAVIOUR = Behaviour(
    start=int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()),
    end=int(datetime(2025, 6, 30, tzinfo=UTC).timestamp()),
    people=1_800,
    readers={("en",): 0.55, ("zh-hans",): 0.15, ("en", "zh-hans"): 0.30},
)


def build(data: Path, rng: np.random.Generator) -> DemoCatalog:
    items = [exercise_of(row) for row in read_rows(data / "free-exercise-db")]
    items += [topic_of(row) for row in read_rows(data / "medquad-health-topics")]
    items += [recipe_of(row) for row in read_rows(data / "howtocook-zh")]
    catalog = simulated_catalog_of(items, arrivals(len(items), BEHAVIOUR, rng))
    items = [
        replace(item, created_at=datetime.fromtimestamp(int(time), UTC))
        for item, time in zip(items, catalog.arrival, strict=True)
    ]
    return DemoCatalog(
        slug="health", fields=HEALTH, items=items, log=simulate(catalog, BEHAVIOUR, rng)
    )


def exercise_of(row: dict[str, str]) -> DemoItem:
    """Categories: kind, muscle, style, equipment, level."""
    style, muscle, *equipment, level = row["categories"].split("|")
    things = ["Other equipment" if thing == "other" else thing.capitalize() for thing in equipment]
    shelf = style if style in ("stretching", "cardio") else muscle
    return DemoItem(
        item_id=row["item_id"],
        title=row["title"],
        description=row["description"],
        categories=[EXERCISE, muscle.capitalize(), style.capitalize(), *things, level.capitalize()],
        language="en",
        attributes={"shelf": shelf.capitalize(), "level": _LEVELS[level]},
    )


def topic_of(row: dict[str, str]) -> DemoItem:
    """Categories: kind, theme."""
    theme = theme_of(row["title"])
    return DemoItem(
        item_id=row["item_id"],
        title=row["title"],
        description=row["description"].removeprefix("Summary : "),
        categories=[TOPIC, theme],
        language="en",
        provider="MedlinePlus",
        attributes={"shelf": theme},
    )


def recipe_of(row: dict[str, str]) -> DemoItem:
    """Categories: kind, dish, difficulty."""
    dish, *stars = row["categories"].split("|")
    level = int(re.sub(r"\D", "", stars[0])) - 1 if stars else -1
    return DemoItem(
        item_id=row["item_id"],
        title=row["title"],
        description=row["description"],
        categories=[RECIPE, dish, *stars],
        language="zh-hans",
        attributes={"shelf": dish, "level": level},
    )


def simulated_catalog_of(items: list[DemoItem], arrival: NDArray[np.int64]) -> SimulatedCatalog:
    shelves = sorted({item.attributes["shelf"] for item in items})
    index = {shelf: number for number, shelf in enumerate(shelves)}
    return SimulatedCatalog(
        topics=shelves,
        topic=np.array([index[item.attributes["shelf"]] for item in items], dtype=np.int32),
        language=np.array([item.language for item in items]),
        level=np.array([item.attributes.get("level", -1) for item in items], dtype=np.int8),
        words=word_weights([words_of(item.title) for item in items]),
        follows=paths(FOLLOWS, shelves),
        arrival=arrival,
    )
