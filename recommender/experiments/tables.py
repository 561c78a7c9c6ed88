"""Numbers and tables as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NOTHING = "–"


def number(value: float | None, digits: int = 4) -> str:
    """A number without the zero before the point, which is easier to read in tables."""
    if value is None or not math.isfinite(value):
        return NOTHING
    text = f"{abs(value):.{digits}f}"
    sign = "−" if value < 0 and float(text) else ""
    return sign + (text[1:] if text.startswith("0.") else text)


def signed(value: float | None, digits: int = 4) -> str:
    text = number(value, digits)
    return text if text == NOTHING or text.startswith("−") else f"+{text}"


def interval(low: float | None, high: float | None, digits: int = 4) -> str:
    return f"{number(low, digits)} to {number(high, digits)}"


def times(ours: float, theirs: float) -> str:
    """The ratio of two figures."""
    return f"{ours / theirs:.2f} ×" if theirs else NOTHING


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def title_of(each: Mapping[str, Any]) -> str:
    """A data set and its protocol."""
    return f"{each['name']}, {each['protocol']}"


def machine_line(machine: Mapping[str, Any]) -> str:
    libraries = ", ".join(f"{name} {release}" for name, release in machine["libraries"].items())
    threads = ", ".join(f"{name}={value}" for name, value in machine["threads"].items())
    return (
        f"Measured on {machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}, "
        f"{libraries}{f', {threads}' if threads else ''}; "
        f"engine of fingerprint {machine['engine']}."
    )
