"""Rows of a CSV or TSV text. After a row that cannot be read, the next line is tried."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from django.utils.translation import gettext as _

from catalog.ingestion.reading.csv_form import form_of
from catalog.ingestion.reading.lines import Lines, bad_byte
from catalog.ingestion.reading.problems import BadLine, Notices, bad_option, ragged

SEPARATORS = {",": ",", ";": ";", "\t": "tab", "|": "|"}
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_BLANK = " \t\u00a0\u3000\ufeff\x1a"
"""A line of these only is empty; DOS ends a file with the last."""
Record = tuple[int, Mapping[str, Any] | BadLine]


class Shape(Protocol):
    """Makes a row of cells. ``plain`` is for cells without anything special in them."""

    width: int

    def plain(self, cells: list[str], /) -> Mapping[str, Any] | BadLine: ...

    def all_plain(self, found: list[list[str]], /) -> Iterable[Mapping[str, Any] | BadLine]: ...

    def special(self, cells: list[str], /) -> Mapping[str, Any] | BadLine: ...


def delimiter_option(chosen: str) -> str:
    """The separator of ``--delimiter``: one character, a name, or several such as ``::``.

    Raises:
        AppError: ``bad_option``.
    """
    found = _NAMED.get(chosen.lower(), chosen)
    if not 1 <= len(found) <= 3 or any(char in "\"'\r\n\x00" or char.isalnum() for char in found):
        reason = _("must be a character that separates columns, such as ; or tab")
        raise bad_option("delimiter", chosen, reason)
    return found


def records(
    lines: Lines, delimiter: str, shape: Shape, encoding: str, notices: Notices
) -> Iterator[tuple[int, Mapping[str, Any] | BadLine]]:
    """Each row with the number of its first line; a row of another width is bad."""
    if len(delimiter) > 1:
        yield from _split(lines, delimiter, shape, encoding)
        return
    record = _Record(lines, delimiter, shape, encoding, notices)
    while True:
        if not lines.has_waiting:
            block = lines.block()
            if not block:
                return
            if found := _plain_cells(block, delimiter, shape.width):
                yield from enumerate(_rows_of(block, found, shape), lines.number)
                lines.number += len(block)
                continue
            lines.return_block(block)
        yield from _one_by_one(lines, delimiter, shape, record)


def _plain_cells(block: list[str], delimiter: str, width: int) -> list[list[str]]:
    """The cells of each line; none unless every line is a row without quotes, in ASCII."""
    text = "".join(block)
    if '"' in text or not text.isascii():
        return []
    try:
        found = list(csv.reader(block, strict=True, **form_of(delimiter)))
    except csv.Error:
        return []
    return found if set(map(len, found)) == {width} else []


def _rows_of(
    block: list[str], found: list[list[str]], shape: Shape
) -> Iterable[Mapping[str, Any] | BadLine]:
    if not _is_special("".join(block)):
        return shape.all_plain(found)
    return (
        shape.special(cells) if _is_special(line) else shape.plain(cells)
        for line, cells in zip(block, found, strict=True)
    )


def _is_special(text: str) -> bool:
    special = "'" in text or "\\" in text or "NUL" in text or ".0" in text
    return special or "#" in text or "=" in text or "e+" in text or "E+" in text


def _one_by_one(lines: Lines, delimiter: str, shape: Shape, record: _Record) -> Iterator[Record]:
    """The rows of the waiting lines, and of those that end the last of them."""
    taken, width = lines.taken, shape.width
    reader = csv.reader(lines.feed(), strict=True, **form_of(delimiter))
    try:
        for cells in reader:
            if len(cells) == width and len(taken) == 1 and taken[0].isascii():
                special = _is_special(taken[0])
                yield lines.number, shape.special(cells) if special else shape.plain(cells)
                lines.number += 1
                taken.clear()
            elif not cells or (len(cells) == 1 < width and not cells[0].strip(_BLANK)):
                lines.done()  # an empty line is not a row
            else:
                yield record.checked(cells)
            if not lines.has_waiting:
                return
    except csv.Error as error:
        yield record.broken(error)


class _Record:
    """What is not the plain case: another width, several lines, letters beyond ASCII, an error."""

    def __init__(
        self, lines: Lines, delimiter: str, shape: Shape, encoding: str, notices: Notices
    ) -> None:
        self.lines, self.delimiter, self.shape, self.width = lines, delimiter, shape, shape.width
        self.encoding, self.notices = encoding, notices

    def checked(self, cells: list[str]) -> Record:
        number, taken = self.lines.number, self.lines.taken
        if byte := bad_byte(taken):
            return self._bad(undecodable(self.encoding, byte), len(taken))
        if len(taken) > 2 and self._swallows(taken[1:-1]):
            last = number + len(taken) - 1
            reason = _("a quote opens here and the lines to %(last)s look like rows of their own")
            return self._bad(reason % {"last": last})
        if len(cells) != self.width:
            return self._escaped() or self._bad(ragged(len(cells), self.width), len(taken))
        self.lines.done()
        return number, self.shape.special(cells)

    def broken(self, error: csv.Error) -> Record:
        """A row that is no CSV: only its first line is given up."""
        if byte := bad_byte(self.lines.taken[:1]):
            return self._bad(undecodable(self.encoding, byte))
        return self._escaped() or self._bad(_("is not valid CSV (%(why)s)") % {"why": error})

    def _bad(self, reason: str, count: int = 1) -> Record:
        number, text = self.lines.number, "".join(self.lines.taken[:count]).rstrip("\r\n")
        self.lines.give_back(count)
        return number, BadLine(text[:200], reason)

    def _swallows(self, inner: list[str]) -> bool:
        """Whether a quote that was never closed made rows into text."""
        if len(inner) < (2 if self.width > 2 else 4):
            return False
        return all(self._is_row(line) for line in inner)

    def _is_row(self, line: str) -> bool:
        try:
            cells = next(csv.reader([line], strict=True, **form_of(self.delimiter)), [])
        except csv.Error:
            return False
        return len(cells) == self.width > 1 and bool(cells[0]) and " " not in cells[0]

    def _escaped(self) -> Record | None:
        """The row read with backslashes before its quotes, if that makes it whole."""
        taken, number = self.lines.taken, self.lines.number
        for count in range(1, len(taken) + 1) if '\\"' in taken[0] else ():
            cells = _with_backslashes("".join(taken[:count]), self.delimiter)
            if len(cells) == self.width:
                self.lines.give_back(count)
                self.notices.count("backslash", _backslashes)
                return number, self.shape.special(cells)
        return None


def _split(lines: Lines, delimiter: str, shape: Shape, encoding: str) -> Iterator[Record]:
    """Rows of a file whose separator has several characters; it has no quotes."""
    for line in lines.feed():
        cells = line.rstrip("\r\n").split(delimiter)
        if byte := bad_byte([line]):
            yield lines.number, BadLine(line, undecodable(encoding, byte))
        elif len(cells) != shape.width and line.strip():
            yield lines.number, BadLine(line, ragged(len(cells), shape.width))
        elif line.strip():
            yield lines.number, shape.special(cells)
        lines.done()


def _with_backslashes(text: str, delimiter: str) -> list[str]:
    reader: Any = csv.reader(
        text.splitlines(keepends=True), escapechar="\\", strict=True, **form_of(delimiter)
    )
    try:
        found = list(reader)
    except csv.Error:
        return []
    return found[0] if len(found) == 1 else []


def _backslashes(count: int) -> str:
    text = _('Rows with \\" for a quote were read so (%(count)s); CSV writes "".')
    return text % {"count": count}


def undecodable(encoding: str, byte: str) -> str:
    name = "UTF-8" if encoding.startswith("utf-8") else encoding
    return _("is not valid %(encoding)s (byte %(byte)s)") % {"encoding": name, "byte": byte}
