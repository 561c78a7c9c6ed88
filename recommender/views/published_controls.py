"""What controls were measured to do, as `manage.py experiment controls` left it; for people to
read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.demo.texts import shown_name

FILE = Path(__file__).parent / "published_controls.json"

NAMES: dict[str, Promise] = {
    "same_item": gettext_lazy("“Not for me”: the item itself"),
    "similar_items": gettext_lazy("“Not for me”: items with similar text"),
    "similar_by_words": gettext_lazy("“Not for me”: items with the same words"),
    "hidden_category": gettext_lazy("A hidden category"),
    "hidden_provider": gettext_lazy("A hidden provider"),
    "deleted_word": gettext_lazy("A deleted interest word: items that contain it"),
}
"""The controls that keep something away."""


@dataclass(frozen=True)
class Cell:
    """``value``: the figure; ``interval``: where it lies with 95 % certainty."""

    value: str
    interval: str = ""


@dataclass(frozen=True)
class Measured:
    """A table: ``catalogues`` are its columns, each with whether its people are simulated."""

    catalogues: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    trials: int


def measured() -> Measured | None:
    """The last measurement; None where none was made."""
    try:
        figures = json.loads(FILE.read_text())
    except FileNotFoundError:
        return None
    found: Sequence[Mapping[str, Any]] = figures["catalogues"]
    return Measured(
        catalogues=tuple(
            (shown_name(str(each["title"])), bool(each["is_simulated"])) for each in found
        ),
        rows=tuple(_rows(found)),
        trials=sum(int(each["trials"]) for each in found),
    )


def _rows(found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    for key, name in NAMES.items():
        figures = [each["controls"].get(key) or {} for each in found]
        yield str(name), tuple(_cell(each, "prevented", _percent) for each in figures)
    likewise = [each["controls"].get("more_like_this") or {} for each in found]
    yield (
        _("“More like this”: how many times more similar items"),
        tuple(_cell(each, "times", _times) for each in likewise),
    )
    dials = [each["dial"] for each in found]
    title = _("The dial: people who never get fewer less known items when they turn it up")
    yield title, tuple(_cell(each, "monotone", _percent) for each in dials)


def _cell(figures: Mapping[str, Any], name: str, text: Callable[[float], str]) -> Cell:
    if figures.get(name) is None:
        return Cell("–")
    return Cell(text(figures[name]), f"{text(figures['low'])} – {text(figures['high'])}")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".0 %", " %")


def _times(factor: float) -> str:
    return f"{factor:.1f} ×"
