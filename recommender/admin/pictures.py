"""Line pictures that the server draws: zero-based, one hue and grey, each beside a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 200.0, 72.0
HEADROOM = 8.0


@dataclass(frozen=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True)
class Panel:
    """One measure over a range of settings, in the picture's pixels.

    ``first`` and ``last``: the values at the ends, as text. ``spoken``: the text alternative. ``band``: the interval,
    empty where there is none.
    """

    label: Any
    first: str
    last: str
    spoken: str
    line: str
    band: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Series:
    """``places`` 0 … 1 from left to right; ``texts``: the values as people read them."""

    label: Any
    places: Sequence[float]
    values: Sequence[float]
    texts: Sequence[str]
    lows: Sequence[float] = ()
    highs: Sequence[float] = ()


def panel(series: Series) -> Panel:
    top = max((*series.values, *series.highs), default=0.0) or 1.0
    dots = points(series.places, series.values, top)
    edges = [
        *points(series.places, series.highs, top),
        *reversed(points(series.places, series.lows, top)),
    ]
    return Panel(
        label=series.label,
        first=series.texts[0],
        last=series.texts[-1],
        spoken=", ".join(
            f"{place:g}: {text}" for place, text in zip(series.places, series.texts, strict=True)
        ),
        line=path(dots),
        band=f"{path(edges)} Z" if edges else "",
        dots=tuple(dots),
    )


def points(
    places: Sequence[float], values: Sequence[float], top: float, bottom: float = 0.0
) -> list[Dot]:
    """The pixels of values between ``bottom`` and ``top``; as many as there are values."""
    tall = (HEIGHT - HEADROOM) / ((top - bottom) or 1.0)
    return [
        Dot(round(WIDTH * place, 1), round(HEIGHT - tall * (value - bottom), 1))
        for place, value in zip(places, values, strict=False)
    ]


def path(dots: Sequence[Dot]) -> str:
    return " ".join(f"{'L' if at else 'M'}{dot.x},{dot.y}" for at, dot in enumerate(dots))
