"""Colours in OKLCH, where equal steps look equal, as hex values for SVG."""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass

WORDS = re.compile(r"[a-z]{3,}|[一-鿿]")
#: The most degrees by which the words of a title turn the hue of its category.
TURN = 22.0


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """``#rrggbb`` of an OKLCH colour, clipped to sRGB. https://bottosson.github.io/posts/oklab/"""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{_encoded(value):02x}" for value in linear)


def _encoded(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    value = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(255 * value)


def number(text: str) -> int:
    """A number from a text that is the same in every process, unlike ``hash``."""
    return zlib.crc32(text.encode())


def hue_of(category: str, title: str) -> float:
    """The category's hue in degrees, turned by the mean direction of the title's words."""
    base = number(category) * 137.508 % 360
    angles = [number(word) % 360 for word in WORDS.findall(title.lower())]
    across = sum(math.cos(math.radians(angle)) for angle in angles)
    return (base + TURN * across / max(1, len(angles))) % 360


@dataclass(frozen=True, slots=True)
class Palette:
    ground: str
    soft: str
    figure: str
    strong: str
    ink: str
    disc: str


DAY, DUSK, NIGHT = range(3)
#: (lightness, chroma) of ground, soft, figure, strong, ink, disc: day, dusk, night.
TONES = (
    ((0.93, 0.035), (0.885, 0.055), (0.80, 0.085), (0.66, 0.12), (0.36, 0.075), (0.975, 0.012)),
    ((0.80, 0.085), (0.845, 0.07), (0.73, 0.105), (0.93, 0.04), (0.29, 0.07), (0.95, 0.025)),
    ((0.36, 0.07), (0.415, 0.075), (0.52, 0.09), (0.72, 0.105), (0.96, 0.02), (0.29, 0.06)),
)


def palette(hue: float, tone: int) -> Palette:
    """The colours of a cover. ``strong`` has a second hue, 60 degrees away."""
    if tone == NIGHT and 70 < hue % 360 < 120:  # dark yellows look muddy
        tone = DUSK
    shifted = (hue, hue + 8, hue + 20, hue + 48, hue, hue)
    return Palette(
        *(oklch(*step, turn % 360) for step, turn in zip(TONES[tone], shifted, strict=True))
    )
