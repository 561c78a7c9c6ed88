"""Small data folders on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from recommender.experiments.folders import DataFolder
from tests.engine.builders import random_dataset

Event = tuple[str, str, int]


def folder_of(
    path: Path, events: Sequence[Event], items: Sequence[str] | None = None
) -> DataFolder:
    """``events``: (person, item, time). The category of an item is its first letter."""
    path.mkdir(parents=True, exist_ok=True)
    log = pd.DataFrame(events, columns=["user_id", "item_id", "timestamp"])
    log.insert(2, "value", 1)
    log.to_csv(path / "interactions.csv.gz", index=False)
    names = list(dict.fromkeys(items or log.item_id))
    catalogue = {"item_id": names, "title": [f"thing {name}" for name in names], "description": ""}
    categories = [f"kind {name[0]}" for name in names]
    pd.DataFrame({**catalogue, "categories": categories}).to_csv(path / "items.csv.gz", index=False)
    return DataFolder.at(path)


def random_folder(path: Path, **options: int) -> DataFolder:
    data = random_dataset(**options)
    log = data.log
    events = [
        (f"u{user:03d}", f"{'abc'[item % 3]}{item}", int(when) + 1_500_000_000)
        for user, item, when in zip(log.users, log.items, log.times, strict=True)
    ]
    return folder_of(path, events)
