"""What an owner's program might compute of pictures: the share of each colour."""

from __future__ import annotations

import colorsys
import re

HUES, LIGHTS = 12, 3
_FILLED = re.compile(r'(?:fill|stroke)="#([0-9a-f]{6})"')


def colour_histogram(svg: str) -> list[float]:
    """36 shares that sum to 1, of the colours of the drawn shapes, by hue and lightness."""
    shares = [0.0] * (HUES * LIGHTS)
    found = _FILLED.findall(svg)
    for colour in found:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
        hue, lightness, _ = colorsys.rgb_to_hls(red, green, blue)
        shares[int(hue * HUES) % HUES * LIGHTS + min(int(lightness * LIGHTS), LIGHTS - 1)] += (
            1 / len(found)
        )
    return shares
