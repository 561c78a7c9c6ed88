"""The popularity curve as a drawing, shared by the logo, the glyph, the dial and the item page."""

from __future__ import annotations

from functools import lru_cache

#: How fast the drawn head falls. It is a drawing and not a measure, so that it looks the same
#: everywhere.
STEEPNESS = 11.0


def height(popularity_rank: float) -> float:
    """1 at the best known … near 0 at the least known, for 0 … 1 along the curve."""
    low = 1 / (1 + STEEPNESS)
    return 0.06 + 0.94 * (1 / (1 + STEEPNESS * popularity_rank) - low) / (1 - low)


def point(
    popularity_rank: float, width: float, tall: float, margin: float = 0.0
) -> tuple[float, float]:
    """Where an item is on a drawing of ``width`` × ``tall``."""
    popularity_rank = min(max(popularity_rank, 0.0), 1.0)
    x = margin + popularity_rank * (width - 2 * margin)
    return round(x, 1), round(margin + (1 - height(popularity_rank)) * (tall - 2 * margin), 1)


@lru_cache(maxsize=64)
def line(width: float, tall: float, margin: float = 0.0, steps: int = 40) -> str:
    """The curve as SVG path data; steps are closer at the head, where it bends."""
    points = (point((k / steps) ** 1.8, width, tall, margin) for k in range(steps + 1))
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


@lru_cache(maxsize=64)
def area(
    width: float, tall: float, margin: float = 0.0, start: float = 0.0, steps: int = 40
) -> str:
    """The area below the curve from ``start`` on, as SVG path data."""
    positions = (start + (1 - start) * (k / steps) ** 1.8 for k in range(steps + 1))
    points = "L".join(
        f"{x:g} {y:g}" for x, y in (point(position, width, tall, margin) for position in positions)
    )
    left, _top = point(start, width, tall, margin)
    return f"M{left:g} {tall:g}L{points}L{width - margin:g} {tall:g}z"
