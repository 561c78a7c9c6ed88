"""The contrast of the colours in `tokens.css`: 4.5 : 1 for text, 3 : 1 for edges and signs.

In the light and in the dark theme.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parent.parent / "templates" / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()
ACCENTS = ("shop", "courses", "health", "community", "none")


def tokens(selector: str) -> dict[str, str]:
    block = TOKENS.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


DAY = tokens(":root {")
NIGHT = DAY | tokens(':root[data-theme="dark"] {')


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    pairs = ((int(colour[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
class TestColours:
    @pytest.mark.parametrize("ground", ["paper", "card", "sunk"])
    @pytest.mark.parametrize("text", ["ink", "soft", "gem", "bad", *ACCENTS])
    def test_text_has_contrast_on_every_ground(self, theme, text, ground):
        assert contrast(theme[text], theme[ground]) >= 4.5

    @pytest.mark.parametrize("accent", ACCENTS)
    def test_text_can_be_read_on_buttons_and_washes(self, theme, accent):
        wash = mixed(theme[accent], theme["paper"], 0.09)
        assert contrast(theme["on-accent"], theme[accent]) >= 4.5
        assert contrast(theme[accent], wash) >= 4.5
        assert contrast(theme["ink"], wash) >= 4.5

    def test_errors_can_be_read(self, theme):
        assert contrast(theme["bad"], theme["bad-wash"]) >= 4.5

    @pytest.mark.parametrize("ground", ["paper", "card"])
    def test_edges_of_fields_and_the_curve_can_be_seen(self, theme, ground):
        assert contrast(theme["edge"], theme[ground]) >= 3


def test_the_systems_dark_mode_equals_the_chosen_one():
    chosen, preferred = (
        tokens(':root[data-theme="dark"] {'),
        tokens(':root:not([data-theme="light"]) {'),
    )
    assert chosen == preferred


def test_components_take_their_colours_from_the_tokens():
    for sheet in (STATIC / "css").glob("*.css"):
        assert sheet.name == "tokens.css" or not re.search(
            r"#[0-9a-f]{3,6}\b", sheet.read_text()
        ), sheet.name


def test_styles_and_scripts_use_no_other_host():
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        assert "://" not in path.read_text()
        assert "@import" not in path.read_text()
