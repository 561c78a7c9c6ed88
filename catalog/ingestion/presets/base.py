"""What a preset is: how the file of a known program becomes rows of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalog.ingestion.reading.columns import FileKind
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import Line, ReadOptions

Cells = Mapping[str, Any]
Say = Callable[[str], None]
Shape = Callable[[Iterable[Line], Say], Iterator[Line]]
_PRICE = re.compile(
    r"^\s*(?:(?P<before>[A-Z]{3})\s+)?(?P<number>\d[\d.,' ]*?)\s*(?P<after>[A-Z]{3})?\s*$"
)


@dataclass(frozen=True)
class Preset:
    """A preset.

    Attributes:
        holds: ``items`` or ``interactions``.
        source: the columns of the program's file, as the reader finds them in any case.
        rows: makes rows of ours from lines of the file, which it may read more than once; it says
            what it left out.
        options: how such a file is written: separator, encoding, columns without a header.
    """

    name: str
    label: str | Promise
    holds: str
    source: FileKind
    rows: Shape
    options: ReadOptions = field(default_factory=ReadOptions)


def each(make: Callable[[Cells], dict[str, Any] | None]) -> Shape:
    """A shape for files with one line a row; None leaves a line out."""

    def rows(lines: Iterable[Line], _say: Say) -> Iterator[Line]:
        for line in lines:
            if isinstance(line.row, BadLine):
                yield line
            elif (row := make(line.row)) is not None:
                yield Line(line.number, row, line.position)

    return rows


def text(cells: Cells, *names: str) -> str:
    """The first of these columns that is not empty."""
    for name in names:
        if value := str(cells.get(name) or "").strip():
            return value
    return ""


def filled(**values: Any) -> dict[str, Any]:
    """The values that are not empty: an empty cell of another program says nothing."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def names_of(cell: str, separator: str = ",") -> list[str]:
    return [name for each_name in cell.split(separator) if (name := each_name.strip())]


def deepest(paths: Iterable[str]) -> list[str]:
    """Category paths without those that only lead to another: “A” goes where “A > B” is."""
    unique = list(dict.fromkeys(filter(None, paths)))
    return [path for path in unique if not any(other.startswith(f"{path} > ") for other in unique)]


def path(parts: Iterable[str]) -> str:
    return " > ".join(part.strip() for part in parts if part.strip())


def money(cell: str) -> tuple[str, str]:
    """Price and currency of “49.99 EUR”; what is no such price is left as it is."""
    match = _PRICE.match(cell)
    if not match:
        return cell, ""
    number = match["number"].replace("'", "").replace(" ", "")
    return _decimal(number), match["before"] or match["after"] or ""


def _decimal(number: str) -> str:
    """A number with a point, from “1,299.00”, “1.299,00” or “12,5”."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma < 0:
        return number
    if point > comma:
        return number.replace(",", "")
    if point >= 0 or len(number) - comma <= 3:
        return number.replace(".", "").replace(",", ".")
    return number.replace(",", "")


def smallest(prices: Iterable[str]) -> str:
    """The lowest price; one that is no number comes first, so that the reader names it."""

    def order(price: str) -> float:
        try:
            return float(price)
        except ValueError:
            return float("-inf")

    return min(filter(None, prices), key=order, default="")


def total(stocks: Iterable[str]) -> str:
    """The sum of the known stocks; less than none in stock counts as none."""
    known = [stock for stock in stocks if re.fullmatch(r"-?\d+(\.0+)?", stock)]
    return str(sum(max(0, int(float(stock))) for stock in known)) if known else ""


def counted(say: Say, number: int, one: str) -> None:
    """Say how many lines were left out or joined, if any were."""
    if number:
        say(_("%(number)s lines: %(what)s.") % {"number": f"{number:,}", "what": one})
