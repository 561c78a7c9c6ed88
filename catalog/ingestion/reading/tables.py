"""Rows with columns by name, from cells (CSV, Excel) or from JSON objects."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.reading.columns import Header, plain
from catalog.ingestion.reading.csv_form import form_of
from catalog.ingestion.reading.formulas import (
    ERRORS,
    NULLS,
    ROUNDED,
    TEXT_FORMULA,
    WHOLE_FLOAT,
    unescape_formula,
)
from catalog.ingestion.reading.problems import (
    BadLine,
    Notices,
    bad_option,
    ragged,
    spreadsheet_error,
)

Numbered = tuple[int, Any]


class RowShape:
    """Makes a row of its cells.

    Args:
        columns: the column of each cell, empty for cells that nothing reads.
    """

    def __init__(self, header: Header, columns: Sequence[str], notices: Notices) -> None:
        self.width, self._notices = len(columns), notices
        self._columns, self._are_all_read = columns, all(columns)
        self._positions = [(at, name) for at, name in enumerate(columns) if name]
        self._places = {name: at for at, name in self._positions}
        self._ids = [name for name in header.kind.ids if name in columns]
        self._header = header.cells

    def plain(self, cells: list[str]) -> dict[str, Any] | BadLine:
        """A row whose line holds no ``'``, ``=``, ``#``, backslash, NULL, ``.0`` or ``e+``."""
        return self.special(cells) if self._is_header(cells) else self._row(cells)

    def all_plain(self, found: list[list[str]]) -> Iterable[dict[str, Any] | BadLine]:
        """The same for many rows."""
        if self._header in found or not self._are_all_read:
            return map(self.plain, found)
        columns = self._columns
        return [dict(zip(columns, cells, strict=True)) for cells in found]

    def _is_header(self, cells: list[str]) -> bool:
        return cells == self._header

    def _row(self, cells: list[str]) -> dict[str, Any]:
        if self._are_all_read:
            return dict(zip(self._columns, cells, strict=True))
        return {name: cells[at] for at, name in self._positions}

    def special(self, cells: list[str]) -> dict[str, Any] | BadLine:
        """Any row."""
        row = self._row(cells)
        if self._is_header([cell.lstrip("\ufeff") for cell in cells]):
            return BadLine(",".join(cells), _("repeats the header"))
        for name, cell in row.items():
            if cell[:1] == "#" and cell.strip() in ERRORS:
                return BadLine(cell, spreadsheet_error(), name)
            if cell[:2] == '="' and (text := TEXT_FORMULA.fullmatch(cell.strip())):
                row[name] = text[1]
                self._notices.count("text", _texts(cell, text[1]))
            elif cell and cell[0] in "'\\N":
                row[name] = _freed(cell, is_id=name in self._ids)
        for name in self._ids:
            cell = row[name]
            if cells[self._places[name]][:1] == "=":
                continue
            if cell[-2:] == ".0" and WHOLE_FLOAT.fullmatch(self._given(cells, name)):
                row[name] = cell.strip().partition(".")[0]
                self._notices.count(f"float {name}", _floats(name, cell))
            elif "e+" in cell.lower() and ROUNDED.fullmatch(self._given(cells, name)):
                reason = _("was rounded by a spreadsheet; give the column the format “text”")
                return BadLine(cell, reason, name)
        return row

    def _given(self, cells: list[str], name: str) -> str:
        """The cell as the file has it: an escaped ``'-1.0`` is a text, not a number."""
        return cells[self._places[name]].strip()


def _freed(cell: str, *, is_id: bool) -> str:
    return "" if cell in NULLS and not is_id else unescape_formula(cell)


def _floats(name: str, cell: str) -> Callable[[int], str]:
    text = _("%(column)s: ids such as %(value)s were read without “.0” (%(count)s rows).")
    return lambda count: text % {"column": name, "count": count, "value": cell}


def _texts(cell: str, text: str) -> Callable[[int], str]:
    said = _("Cells such as %(cell)s were read as %(text)s (%(count)s).")
    return lambda count: said % {"cell": cell, "text": text, "count": count}


def rows_of_cells(
    found: Iterator[Numbered], header: Header, given: Sequence[str], notices: Notices
) -> Iterator[Numbered]:
    """The rows of a sheet; its first row is the header unless columns are given.

    Short rows are filled up: a sheet does not store its last empty cells.
    """
    if not given:
        header.line, names = next(found, (1, []))
        names = [] if isinstance(names, BadLine) else names
    columns = header.read(given or names)
    shape, width = RowShape(header, columns, notices), len(columns)
    for number, cells in found:
        if isinstance(cells, BadLine):
            yield number, cells
        elif len(cells) > width:
            yield number, BadLine(",".join(cells)[:200], ragged(len(cells), width))
        else:
            yield number, shape.special([*cells, *[""] * (width - len(cells))])


def rows_of_objects(
    found: Iterator[Numbered], header: Header, options: Mapping[str, Any]
) -> Iterator[Numbered]:
    """JSON objects with our names.

    Raises:
        AppError: ``bad_option`` for an option that JSON has no use for.
    """
    for name, value in options.items():
        if value:
            reason = _("is of no use here: the file holds JSON, which names its columns")
            raise bad_option(name, value, reason)
    columns: dict[str, str] = {}
    for number, row in found:
        yield number, row if isinstance(row, BadLine) else _renamed(row, columns, header)


def _renamed(
    row: Mapping[str, Any], columns: dict[str, str], header: Header
) -> Mapping[str, Any] | BadLine:
    if wrapper := _wrapper(row, header):
        reason = _("“%(name)s” is a list of objects: send that list, or one object a line")
        return BadLine(wrapper, reason % {"name": wrapper})
    shaped: dict[str, Any] = {}
    for name, value in row.items():
        column = columns[name] if name in columns else _learn(name, columns, header)
        if column in shaped:
            reason = _("has two values for %(column)s, one as “%(name)s”")
            return BadLine(str(value), reason % {"column": column, "name": name}, column)
        if column:
            shaped[column] = value
    return shaped


def _wrapper(row: Mapping[str, Any], header: Header) -> str:
    """The name of the list that holds the rows, in an object that is no row itself."""
    if any(map(header.column, row)):
        return ""
    lists = (
        name
        for name, value in row.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    )
    return next(lists, "")


def _learn(name: str, columns: dict[str, str], header: Header) -> str:
    column = columns[name] = header.column(name)
    header.names.append(name)
    if column:
        header.found.setdefault(column, name)
    else:
        header.say_unread(name)
    return column


def looks_like_header(cells: Sequence[str], header: Header) -> bool:
    """Whether a first row names the columns although it should be data."""
    known = {header.column(cell) for cell in cells if plain(cell)}
    return set(header.kind.required) <= known


def parsed(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without complaint."""
    if len(delimiter) > 1:
        return line.rstrip("\r\n").split(delimiter)
    try:
        return next(csv.reader([line], **form_of(delimiter)), [])
    except csv.Error:
        return []
