"""The tail dial as a page shows it: its curve, its steps and its words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from catalog.browse import popularity_svg
from catalog.models import Catalog

SIZE = (400, 56)
STEPS = 5
_WORDS = (
    gettext_lazy("what many like"),
    gettext_lazy("some less known"),
    gettext_lazy("half and half"),
    gettext_lazy("mostly less known"),
    gettext_lazy("what few know"),
)


def dial_context(catalog: Catalog, tail: float, saved: float) -> dict[str, Any]:
    """What ``includes/dial.html`` reads for a dial set to ``tail``; ``saved`` is stored."""
    width, tall = SIZE
    x, y = popularity_svg.point(position_of(catalog, tail), width, tall, 2)
    return {
        "catalog": catalog,
        "tail": f"{tail:g}",
        "saved": f"{saved:g}",
        "low": f"{catalog.tail_min:g}",
        "high": f"{catalog.tail_max:g}",
        "words": dial_words(position_of(catalog, tail)),
        "steps": _steps(catalog, tail),
        "said": "|".join(dial_words(k / (STEPS - 1)) for k in range(STEPS)),
        "x": x,
        "y": y,
        "width": width,
        "tall": tall,
        "line": popularity_svg.line(width, tall, 2),
        "area": popularity_svg.area(width, tall, 2),
    }


def _steps(catalog: Catalog, tail: float) -> list[tuple[str, str, bool]]:
    """Value, words, and whether it is the step next to ``tail``."""
    low, high = catalog.tail_min, catalog.tail_max
    steps = [low + (high - low) * k / (STEPS - 1) for k in range(STEPS)]
    nearest = min(steps, key=lambda step: abs(step - tail))
    return [
        (f"{step:g}", dial_words(k / (STEPS - 1)), step == nearest) for k, step in enumerate(steps)
    ]


def position_of(catalog: Catalog, tail: float) -> float:
    """``tail`` between the catalogue's lowest (0) and highest setting (1)."""
    return (tail - catalog.tail_min) / ((catalog.tail_max - catalog.tail_min) or 1.0)


def dial_words(position: float) -> str:
    return str(_WORDS[round(min(max(position, 0.0), 1.0) * (STEPS - 1))])
