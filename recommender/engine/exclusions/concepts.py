"""Common things with their names and members in English and Chinese.

The rows of ``concepts.tsv`` are general knowledge that a small catalogue does not hold: that crab
is seafood, and that 海鲜 is the same. A catalogue's own words come from its items.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from recommender.engine.exclusions.folding import folded_name, folded_text

TABLE = Path(__file__).with_name("concepts.tsv")
FOOD, DIET, LANGUAGE, KIND, LEVEL = "food", "diet", "language", "kind", "level"
BODY = "body"
EQUIPMENT = frozenset({"equipment", "equipmentkitchen", "weights", "allequipment"})
BODY_ONLY, ALL_EQUIPMENT = "body only", "equipment"


@dataclass(frozen=True)
class Concept:
    """A thing.

    Attributes:
        names: what people may call it, as ``folded_name`` gives it.
        forms: what an item of it may say, folded: names and members. With ``$`` at its end it
            counts only at the end of a word.
        unlike: phrases that hold a form and mean something else.
    """

    key: str
    group: str
    names: tuple[str, ...]
    forms: tuple[str, ...]
    unlike: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """The language code of a language, else empty."""
        return self.key.removeprefix("language ") if self.group == LANGUAGE else ""


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by key."""
    rows = {row["key"]: row for row in _rows()}
    return {key: _concept(key, rows) for key in rows}


@cache
def named() -> Mapping[str, Concept]:
    """Concepts by name; of two with one name the first."""
    found: dict[str, Concept] = {}
    for concept in concepts().values():
        for name in concept.names:
            found.setdefault(name, concept)
    return found


def concept_of(name: str) -> Concept | None:
    """The concept that people call so."""
    return named().get(folded_name(name))


@cache
def said() -> frozenset[str]:
    """What items of some concept may say: a word of its own, though it may hold a shorter name."""
    return frozenset(form.rstrip("$") for each in concepts().values() for form in each.forms)


@cache
def in_group(group: str) -> tuple[Concept, ...]:
    return tuple(concept for concept in concepts().values() if concept.group == group)


@cache
def longest_name() -> int:
    """Words of the longest name."""
    return max(len(name.split()) for name in named())


def _rows() -> Iterator[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def _concept(key: str, rows: Mapping[str, dict[str, str]]) -> Concept:
    row = rows[key]
    forms = tuple(dict.fromkeys(folded_text(form) for form in _forms(key, rows)))
    unlike = {folded_text(word) for each in _family(key, rows) for word in _cells(each["unlike"])}
    said = {form.rstrip("$") for form in forms}
    names = tuple(folded_name(name.strip("~$")) for name in _cells(row["names"]))
    return Concept(key, row["group"], names, forms, tuple(sorted(unlike - said - set(names))))


def _family(key: str, rows: Mapping[str, dict[str, str]]) -> Iterator[dict[str, str]]:
    yield rows[key]
    for member in _cells(rows[key]["members"]):
        if member.startswith("@"):
            yield from _family(member[1:], rows)


def _forms(key: str, rows: Mapping[str, dict[str, str]]) -> Iterator[str]:
    """A name with ``~`` is for people only: items say it without meaning it."""
    for row in _family(key, rows):
        yield from (name for name in _cells(row["names"]) if not name.startswith("~"))
        yield from (member for member in _cells(row["members"]) if not member.startswith("@"))


def _cells(cell: str | None) -> list[str]:
    return [word.strip() for word in (cell or "").split(",") if word.strip()]
