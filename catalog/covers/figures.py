"""Twelve families of figures: each fills a sheet of ``w`` × ``h`` in a palette, seeded."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from catalog.covers.colours import Palette

Figure = Callable[[Random, Palette, int, int], str]


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _circle(x: float, y: float, r: float, fill: str) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" fill="{fill}"/>'


def _path(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}"/>'


def _strokes(d: str, colour: str, width: float, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{_n(width)}" '
        f'stroke-linecap="round"{dashed}/>'
    )


def rings(rng: Random, p: Palette, w: int, h: int) -> str:
    x, y = w * rng.choice((0.1, 0.85, 1.0)), h * rng.choice((0.05, 0.9, 1.0))
    step, colours = w * rng.uniform(0.13, 0.19), (p.figure, p.soft, p.strong, p.ground)
    return "".join(_circle(x, y, step * k, colours[(6 - k) % 4]) for k in range(6, 0, -1))


def waves(rng: Random, p: Palette, w: int, h: int) -> str:
    drawn, length, high = "", w / rng.choice((1, 1.5, 2)), h * rng.uniform(0.06, 0.1)
    for k, colour in enumerate((p.soft, p.figure, p.strong)):
        y, start = h * (0.42 + 0.19 * k), -length * rng.uniform(0.2, 1)
        swing = f"q{_n(length / 4)} {_n(-high)} {_n(length / 2)} 0t{_n(length / 2)} 0" * (
            int(w / length) + 2
        )
        drawn += _path(f"M{_n(start)} {_n(y)}{swing}V{h}H{_n(start)}z", colour)
    return drawn


def weave(rng: Random, p: Palette, w: int, h: int) -> str:
    """Two threads over, two under."""
    size = w / rng.choice((5, 6, 7))
    flat, upright, long = "", "", f"{_n(size * 0.78)} {_n(size * 1.22)}"
    for k in range(math.ceil(max(w, h) / size)):
        for share in (0.3, 0.7):
            at, shift = _n((k + share) * size), 0.11 * size
            flat += f"M{_n(shift - size * (1 + k % 2))} {at}H{w + 9}"
            upright += f"M{at} {_n(shift - size * (2 - k % 2))}V{h + 9}"
    return _strokes(flat, p.figure, size * 0.22, long) + _strokes(
        upright, rng.choice((p.strong, p.soft)), size * 0.22, long
    )


def leaves(rng: Random, p: Palette, w: int, h: int) -> str:
    drawn, x, lean = "", w * rng.uniform(0.3, 0.7), w * rng.uniform(-0.15, 0.15)
    count = rng.randint(5, 7)
    for k in range(count):
        y, size = h * (1 - k / count), w * (0.42 - 0.03 * k)
        at, colour = x + lean * k / count, (p.figure, p.strong, p.soft)[k % 3]
        for side in (-1, 1):
            reach = side * size
            drawn += _path(
                f"M{_n(at)} {_n(y)}q{_n(reach * 0.25)} {_n(-size * 0.6)} "
                f"{_n(reach)} {_n(-size * 0.5)}"
                f"q{_n(-reach * 0.2)} {_n(size * 0.55)} {_n(-reach)} {_n(size * 0.5)}z",
                colour,
            )
    return drawn + _strokes(f"M{_n(x)} {h}L{_n(x + lean)} {_n(h * 0.1)}", p.ground, w * 0.012)


def dots(rng: Random, p: Palette, w: int, h: int) -> str:
    """Rows of dots that grow from one edge to the other."""
    step = w / rng.choice((6, 7, 8, 9))
    down, falling, marked = math.ceil(h / step), rng.random() < 0.5, rng.randrange(3)
    drawn = ""
    for row in range(down):
        grown = (row if falling else down - 1 - row) / max(1, down - 1)
        start, y = step * (0.5 if row % 2 else 0), (row + 0.5) * step
        colour = p.strong if row % 3 == marked else p.figure
        drawn += _strokes(
            f"M{_n(start)} {_n(y)}H{w + 9}", colour, step * (0.12 + 0.66 * grown), f"0 {_n(step)}"
        )
    return drawn


def arcs(rng: Random, p: Palette, w: int, h: int) -> str:
    """Quarter circles in squares, as on old tiles."""
    across = rng.choice((3, 4))
    size, groups = w / across, {p.soft: "", p.figure: "", p.strong: ""}
    r = _n(size)
    # For each corner: its position, the way to the arc's first end, and from there to its second
    # end.
    corners = (
        (0, 0, f"h{r}", (-1, 1)),
        (1, 0, f"v{r}", (-1, -1)),
        (1, 1, f"h-{r}", (1, -1)),
        (0, 1, f"v-{r}", (1, 1)),
    )
    for row in range(math.ceil(h / size)):
        for column in range(across):
            x, y, edge, (right, down) = rng.choice(corners)
            groups[rng.choice((p.soft, p.figure, p.figure, p.strong))] += (
                f"M{_n((column + x) * size)} {_n((row + y) * size)}{edge}"
                f"a{r} {r} 0 0 1 {_n(right * size)} {_n(down * size)}z"
            )
    return "".join(_path(d, colour) for colour, d in groups.items() if d)


def hills(rng: Random, p: Palette, w: int, h: int) -> str:
    drawn = _circle(
        w * rng.uniform(0.2, 0.8), h * rng.uniform(0.2, 0.34), w * rng.uniform(0.1, 0.16), p.strong
    )
    for k, colour in enumerate((p.soft, p.figure, p.strong)):
        y = h * (0.5 + 0.17 * k)
        rise, peak = h * rng.uniform(0.12, 0.3), w * rng.uniform(0.25, 0.75)
        drawn += _path(
            f"M0 {_n(y + rise / 2)}Q{_n(peak)} {_n(y - rise)} "
            f"{w} {_n(y + rise * rng.uniform(0.2, 0.9))}V{h}H0z",
            colour,
        )
    return drawn


def rays(rng: Random, p: Palette, w: int, h: int) -> str:
    x, y = w * rng.choice((0, 0.5, 1)), h * rng.choice((0.5, 1, 1))
    count, far, turn = rng.choice((16, 20, 24)), w + h, rng.random()
    d = ""
    for k in range(count):
        a, b = ((k + turn + part) * 2 * math.pi / count for part in (0, 0.5))
        d += f"M{_n(x)} {_n(y)}L{_n(x + far * math.cos(a))} {_n(y + far * math.sin(a))}"
        d += f"L{_n(x + far * math.cos(b))} {_n(y + far * math.sin(b))}z"
    return _path(d, p.soft) + _circle(x, y, w * 0.36, p.figure) + _circle(x, y, w * 0.24, p.strong)


def tiles(rng: Random, p: Palette, w: int, h: int) -> str:
    """Half squares, each turned one of four ways."""
    across = rng.choice((4, 5))
    size, groups = w / across, {p.soft: "", p.figure: "", p.strong: ""}
    for row in range(math.ceil(h / size)):
        for column in range(across):
            corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
            corners.pop(rng.randrange(4))
            points = "L".join(f"{_n(x * size)} {_n(y * size)}" for x, y in corners)
            groups[rng.choice((p.soft, p.soft, p.figure, p.figure, p.strong))] += f"M{points}z"
    return "".join(_path(d, colour) for colour, d in groups.items() if d)


def stripes(rng: Random, p: Palette, w: int, h: int) -> str:
    """Slanted bands of different widths."""
    drawn, x, slant = "", -0.5 * w, w * rng.choice((-0.45, 0.45, 0.7))
    colours = (p.soft, p.figure, p.ground, p.strong, p.ground, p.figure)
    k = rng.randrange(6)
    while x < w * 1.6:
        broad = w * rng.choice((0.06, 0.1, 0.16, 0.22))
        k += 1
        drawn += _path(f"M{_n(x)} 0h{_n(broad)}l{_n(-slant)} {h}h{_n(-broad)}z", colours[k % 6])
        x += broad + w * 0.02
    return drawn


def petals(rng: Random, p: Palette, w: int, h: int) -> str:
    x, y = w * rng.uniform(0.35, 0.65), h * rng.uniform(0.4, 0.6)
    count, r = rng.choice((6, 8, 9)), w * rng.uniform(0.42, 0.52)
    drawn = ""
    for size, colour, shift in (
        (r, p.soft, 0.5),
        (r * 0.86, p.figure, 0),
        (r * 0.5, p.strong, 0.5),
    ):
        petal = ""
        for k in range(count):
            a = (k + shift) * 2 * math.pi / count
            cos, sin, broad = math.cos(a), math.sin(a), size * 3.2 / count
            left = (x + size * 0.6 * cos - broad * sin, y + size * 0.6 * sin + broad * cos)
            right = (x + size * 0.6 * cos + broad * sin, y + size * 0.6 * sin - broad * cos)
            tip_x, tip_y = x + size * cos, y + size * sin
            petal += f"M{_n(x)} {_n(y)}Q{_n(left[0])} {_n(left[1])} {_n(tip_x)} {_n(tip_y)}"
            petal += f"Q{_n(right[0])} {_n(right[1])} {_n(x)} {_n(y)}z"
        drawn += _path(petal, colour)
    return drawn + _circle(x, y, r * 0.12, p.ground)


def stones(rng: Random, p: Palette, w: int, h: int) -> str:
    """Rounded bars in columns, like a skyline or an equaliser."""
    across = rng.choice((5, 6, 7, 8))
    step, drawn = w / across, {p.soft: "", p.figure: "", p.strong: ""}
    broad = step * 0.62
    for column in range(across):
        x, y = (column + 0.5) * step, -h * rng.uniform(0, 0.25)
        while y < h:
            high = h * rng.uniform(0.08, 0.42)
            drawn[rng.choice((p.soft, p.figure, p.figure, p.strong))] += (
                f"M{_n(x)} {_n(y + broad / 2)}v{_n(high)}"
            )
            y += high + broad * 1.3
    return "".join(_strokes(d, colour, broad) for colour, d in drawn.items() if d)


FAMILIES: tuple[Figure, ...] = (
    rings, waves, weave, leaves, dots, arcs, hills, rays, tiles, stripes, petals, stones,
)  # fmt: skip
