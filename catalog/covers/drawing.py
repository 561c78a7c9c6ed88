"""Composes a cover: ground, figure, icon, and for books and courses the title."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from functools import lru_cache
from random import Random
from xml.sax.saxutils import escape

from catalog.covers.colours import DAY, DUSK, NIGHT, Palette, hue_of, number, palette
from catalog.covers.figures import FAMILIES
from catalog.covers.icons import icon_for
from catalog.covers.lettering import fit

#: Width and height by domain.
RATIOS = {"courses": (300, 400), "shop": (300, 300), "health": (320, 240), "community": (320, 240)}
#: Raise it when the drawing changes, so that browsers fetch long-cached covers again.
EDITION = "1"
#: Degrees by which an item's hue differs from its category's, so that a row of one category has
#: several colours.
JITTER = 16.0
SERIF = "Georgia,'Songti SC','Noto Serif CJK SC','Noto Sans CJK SC',serif"


@dataclass(frozen=True, slots=True)
class Subject:
    """The input of a cover: ``category`` gives hue and figures, ``words`` may give the icon."""

    key: int
    title: str
    category: str = ""
    domain: str = "shop"
    words: str = ""


@lru_cache(maxsize=16_384)
def version(subject: Subject) -> str:
    """Changes when the picture changes; it is part of the address, and the ETag."""
    drawn_from = "\x1f".join((EDITION, *map(str, astuple(subject))))
    return hashlib.blake2b(drawn_from.encode(), digest_size=6).hexdigest()


def cover(subject: Subject) -> str:
    """The cover as SVG text, below 3 KB; the same subject always gives the same picture."""
    w, h = RATIOS.get(subject.domain, RATIOS["shop"])
    rng = Random(number(f"{subject.key}:{subject.title}"))  # noqa: S311 (a picture, not a secret)
    hue = hue_of(subject.category or subject.domain, subject.title) + rng.uniform(-JITTER, JITTER)
    colours = palette(hue, rng.choice((DAY, DAY, DAY, DUSK, NIGHT, NIGHT)))
    compose = _COMPOSERS.get(_form(subject), _emblem)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}">'
        f'<rect width="{w}" height="{h}" fill="{colours.ground}"/>'
        f"{compose(subject, rng, colours, w, h)}</svg>"
    )


def _form(subject: Subject) -> str:
    """The community's pictures are drawn as photographs."""
    picture = subject.domain == "community" and subject.words.endswith("Picture")
    return "picture" if picture else subject.domain


def _figure(subject: Subject, rng: Random, colours: Palette, w: int, h: int) -> str:
    """One of the category's three families."""
    families = Random(number(subject.category)).sample(FAMILIES, 3)  # noqa: S311
    return rng.choice(families)(rng, colours, w, h)


def _icon(path: str, x: float, y: float, size: float, colour: str) -> str:
    return (
        f'<path d="{path}" transform="translate({x:g} {y:g}) scale({size / 24:.3g})"'
        f' fill="none" stroke="{colour}"'
        ' stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _emblem(subject: Subject, rng: Random, colours: Palette, w: int, h: int) -> str:
    """A figure over the whole sheet, with the icon on a disc in the middle."""
    disc = 0.29 * h
    path = icon_for(subject.title, f"{subject.category} {subject.words}", subject.domain)
    return (
        _figure(subject, rng, colours, w, h)
        + f'<circle cx="{w // 2}" cy="{h // 2}" r="{disc:g}" fill="{colours.disc}"/>'
        + _icon(path, w / 2 - disc * 0.6, h / 2 - disc * 0.6, disc * 1.2, colours.ink)
    )


def _print(subject: Subject, rng: Random, colours: Palette, w: int, h: int) -> str:
    """A photograph: the figure within a white border, and the icon in the wider lower border."""
    edge, foot = 12, 40
    inner_w, inner_h = w - 2 * edge, h - edge - foot
    path = icon_for(
        subject.title, subject.category, subject.domain
    )  # the icon for “picture” would repeat what the border shows
    return (
        f'<rect width="{w}" height="{h}" fill="{colours.disc}"/>'
        f'<svg x="{edge}" y="{edge}" width="{inner_w}" height="{inner_h}">'
        f'<rect width="{inner_w}" height="{inner_h}" fill="{colours.ground}"/>'
        f"{_figure(subject, rng, colours, inner_w, inner_h)}</svg>"
        + _icon(path, w / 2 - 11, h - foot / 2 - 11, 22, colours.ink)
    )


def _plain(title: str) -> str:
    """The title without control characters and code points that XML does not allow."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())


def _jacket(subject: Subject, rng: Random, colours: Palette, w: int, h: int) -> str:
    """A book's jacket: the title above, the figure below, the icon small at the bottom."""
    # A Chinese font may set a Latin title too; it makes the curly apostrophe as wide as a Chinese
    # character.
    setting = fit(_plain(subject.title).replace("’", "'"), w - 54, (38, 32, 27, 23), 5)
    leading = setting.size * 1.18
    top = round(30 + len(setting.lines) * leading + 20)
    band = max(top, round(h * rng.choice((0.45, 0.52, 0.58))))
    rows = "".join(
        f'<tspan x="24" y="{28 + setting.size * 0.86 + k * leading:.0f}">{escape(line)}</tspan>'
        for k, line in enumerate(setting.lines)
    )
    path = icon_for(subject.title, f"{subject.category} {subject.words}", subject.domain)
    return (
        f'<svg y="{band}" width="{w}" height="{h - band}">'
        f"{_figure(subject, rng, colours, w, h - band)}</svg>"
        f'<text font-family="{SERIF}" font-size="{setting.size:g}" fill="{colours.ink}">'
        f"{rows}</text>"
        f'<circle cx="{w - 42}" cy="{h - 42}" r="24" fill="{colours.disc}"/>'
        + _icon(path, w - 55, h - 55, 26, colours.ink)
        + f'<path d="M9 0v{h}" stroke="{colours.ink}" stroke-width="1" opacity=".18"/>'
    )


_COMPOSERS = {"courses": _jacket, "picture": _print}
