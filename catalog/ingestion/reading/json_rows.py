"""Rows of JSON lines or of a JSON array, with the line where each object begins.

The standard decoder reads one object after the other from a window of the text. It takes NaN, so
that the row's schema can name the field; ijson refuses the file there and knows no lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.reading.delimited import undecodable
from catalog.ingestion.reading.lines import LONGEST_LINE, bad_byte
from catalog.ingestion.reading.problems import BadLine, bad_file

Row = tuple[int, Mapping[str, Any] | BadLine]
_BETWEEN = re.compile(r"[\s,]*")
_NEXT_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")
_WINDOW = 1 << 18


class _Twice(ValueError):
    """A name that an object has twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _value in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return table


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


def json_lines(texts: Iterator[str], encoding: str) -> Iterator[Row]:
    """One object a line; a comma after it is no part of it."""
    for number, line in enumerate(texts, 1):
        if not (text := line.strip().removesuffix(",")):
            continue
        if byte := bad_byte([text]):
            yield number, BadLine(text[:200], undecodable(encoding, byte))
            continue
        try:
            row = _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            row = BadLine(text[:200], _why(error))
        yield number, _object(row, text)


def json_array(texts: Iterator[str], encoding: str, name: str) -> Iterator[Row]:
    """The objects of one array, of any length. After a broken one, the next one is tried.

    Objects over several lines, one after the other, are read as well.

    Raises:
        AppError: ``bad_file`` if the array has no end, or if more comes after it.
    """
    window = _Window(texts)
    is_array = window.skip("[")
    while window.more():
        number = window.number
        try:
            row, end = window.decode()
        except (ValueError, RecursionError) as error:
            row, end = BadLine(window.here(), _why(error)), window.resync()
        text = window.text[window.at : end]
        if byte := bad_byte([text]):
            row = BadLine(text[:200], undecodable(encoding, byte))
        window.move(end)
        yield number, _object(row, text)
    if is_array and not (window.skip("]") or window.passed_end):
        raise bad_file(name, window.number, _("does not end with ]: the file was cut"))
    if window.more():
        rest = window.text[window.at : window.at + 80].strip()
        reason = _("has more after the ] of its list: %(text)s") % {"text": rest}
        raise bad_file(name, window.number, reason)


class _Window:
    """The part of the text that is being read."""

    def __init__(self, texts: Iterator[str]) -> None:
        self.texts, self.text, self.at, self.number, self.ended = texts, "", 0, 1, False
        self.passed_end = False
        """Whether the list's ``]`` went with a broken object before it."""
        self.grow()

    def grow(self) -> bool:
        """Read more; False at the end of the text."""
        pieces, size = [self.text[self.at :]], 0
        while size < _WINDOW and (piece := next(self.texts, "")):
            pieces.append(piece)
            size += len(piece)
        self.text, self.at, self.ended = "".join(pieces), 0, not size
        return bool(size)

    def here(self) -> str:
        """The beginning of the value that comes next."""
        return self.text[self.at : self.at + 200]

    def move(self, end: int) -> None:
        self.number += self.text.count("\n", self.at, end)
        self.at = end

    def skip(self, char: str = "") -> bool:
        """Past space and commas, and past one character; whether that was there."""
        found = _BETWEEN.match(self.text, self.at)
        self.move(found.end() if found else self.at)
        is_there = bool(char) and self.text.startswith(char, self.at)
        self.at += is_there
        return is_there

    def more(self) -> bool:
        """Whether another value begins here."""
        self.skip()
        while self.at >= len(self.text) and self.grow():
            self.skip()
        return self.at < len(self.text) and not self.text.startswith("]", self.at)

    def decode(self) -> tuple[Any, int]:
        while True:
            try:
                return _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self.text) - 16 or "Unterminated" in error.msg
                if not cut or len(self.text) - self.at > LONGEST_LINE or not self.grow():
                    raise

    def resync(self) -> int:
        """Where the next object may begin."""
        while True:
            if found := _NEXT_OBJECT.search(self.text, self.at):
                return found.end()
            if len(self.text) - self.at > LONGEST_LINE or not self.grow():
                self.passed_end = self.text.rstrip().endswith("]")
                return len(self.text)


def _object(row: Any, text: str) -> Mapping[str, Any] | BadLine:
    if isinstance(row, (dict, BadLine)):
        return row
    return BadLine(text[:200], _("must be a JSON object"))


def _why(error: Exception) -> str:
    if isinstance(error, _Twice):
        return _("has the name “%(name)s” twice") % {"name": error}
    if isinstance(error, RecursionError):
        return _("is nested too deeply")
    return _("is not valid JSON (%(why)s)") % {"why": error}
