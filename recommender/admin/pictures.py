"""Line charts, drawn on the server. Each stands beside a table with the same numbers."""

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
    """One measure over a range of settings, in pixels.

    Attributes:
        first, last: the values at the ends, as text.
        spoken: the text alternative.
        line: the path of the values.
        band: the path of the interval, empty if there is none.
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
    """``xs``: 0 to 1 from left to right. ``texts``: the values as people read them."""

    label: Any
    xs: Sequence[float]
    values: Sequence[float]
    texts: Sequence[str]
    lows: Sequence[float] = ()
    highs: Sequence[float] = ()


def panel(series: Series) -> Panel:
    top = max((*series.values, *series.highs), default=0.0) or 1.0
    dots = points(series.xs, series.values, top)
    edges = [
        *points(series.xs, series.highs, top),
        *reversed(points(series.xs, series.lows, top)),
    ]
    return Panel(
        label=series.label,
        first=series.texts[0],
        last=series.texts[-1],
        spoken=", ".join(f"{x:g}: {text}" for x, text in zip(series.xs, series.texts, strict=True)),
        line=path(dots),
        band=f"{path(edges)} Z" if edges else "",
        dots=tuple(dots),
    )


def points(
    xs: Sequence[float], values: Sequence[float], top: float, bottom: float = 0.0
) -> list[Dot]:
    """The pixels of values between ``bottom`` and ``top``, one for each value."""
    tall = (HEIGHT - HEADROOM) / ((top - bottom) or 1.0)
    return [
        Dot(round(WIDTH * x, 1), round(HEIGHT - tall * (value - bottom), 1))
        for x, value in zip(xs, values, strict=False)
    ]


def path(dots: Sequence[Dot]) -> str:
    return " ".join(f"{'L' if at else 'M'}{dot.x},{dot.y}" for at, dot in enumerate(dots))
