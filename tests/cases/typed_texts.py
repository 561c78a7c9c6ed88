"""The typed texts of the files in `wishes`, each with what an item must not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.engine.exclusions.searchable_item import SearchableItem

FILE = Path(__file__).parent / "wishes" / "wishes.json"
SECOND, THIRD, FOURTH, FIFTH = (
    FILE.with_name(f"{name}.json") for name in ("second", "third", "fourth", "fifth")
)
ALL = (FILE, SECOND, THIRD, FOURTH, FIFTH)


@dataclass(frozen=True)
class TypedText:
    id: str
    catalog: str
    text: str
    rule: dict[str, Any]

    def is_against(self, item: SearchableItem) -> bool:
        """Whether an item is what the text leaves out, by a regex that was written by hand."""
        if item.language in self.rule.get("languages", ()):
            return True
        where = self.rule.get("in", ("title", "text", "categories"))
        return any(self._says(text) for text in _fields(item, where))

    def _says(self, text: str) -> bool:
        if clear := self.rule.get("clear"):
            text = re.sub(clear, "", text)
        return re.search(self.rule["violates"], text, re.IGNORECASE) is not None


def _fields(item: SearchableItem, where: list[str]) -> Iterator[str]:
    for name in where:
        if name == "categories":
            yield from item.categories
        else:
            yield getattr(item, name)


def typed_texts(group: str, file: Path = FILE) -> list[TypedText]:
    """``group``: "negated" or "harmless"."""
    return [
        TypedText(row["id"], row["catalog"], row["text"], row)
        for row in json.loads(file.read_text())[group]
    ]
