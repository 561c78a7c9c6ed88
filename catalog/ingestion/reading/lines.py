"""Physical lines of a text, which can be given back and which never grow without bound."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _

from catalog.ingestion.reading.encodings import MARK, MARKING
from catalog.ingestion.reading.opening import readable

LONGEST_LINE = 10_000_000
MOST_LINES = 5_000
"""Of one row; more means that a quote was never closed."""
BLOCK_LINES, BLOCK_SIZE = 256, 1 << 20
csv.field_size_limit(LONGEST_LINE)


@contextmanager
def texts_of(name: str, file: IO[bytes], encoding: str) -> Iterator[Iterator[str]]:
    """The lines with their ends; CR, LF and CRLF end a line. Unknown bytes are marked."""
    file.seek(0)
    wrapper = TextIOWrapper(file, encoding=encoding, errors=MARKING, newline="")
    try:
        yield _lines_of(name, wrapper)
    finally:
        wrapper.detach()


def _lines_of(name: str, wrapper: TextIOWrapper) -> Iterator[str]:
    with readable(name):
        yield from iter(partial(wrapper.readline, LONGEST_LINE), "")


class Lines:
    """Lines for `csv.reader`, with those of the present row in ``taken``."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 1
        """The number of the line where the present row begins."""

    @property
    def has_waiting(self) -> bool:
        """Whether lines were given back that nobody has read again."""
        return bool(self._waiting)

    def block(self) -> list[str]:
        """Some of the next lines; none at the end. Nothing may be waiting.

        They are passed unless `return_block` gets them.
        """
        found, size = [], 0
        for line in islice(self._texts, BLOCK_LINES):
            found.append(line)
            size += len(line)
            if size > BLOCK_SIZE:
                break
        return found

    def return_block(self, block: list[str]) -> None:
        self._waiting.extend(block)

    def feed(self) -> Iterator[str]:
        """The next lines.

        Raises:
            csv.Error: for a line or a row that is too long.
        """
        waiting, taken, texts = self._waiting, self.taken, self._texts
        while True:
            line = waiting.popleft() if waiting else next(texts, "")
            if not line:
                return
            taken.append(line)
            if len(line) >= LONGEST_LINE:
                self._drain(line)
                taken[-1] = line.rstrip("\r\n") + "\n"  # whole, if it is given back
                raise csv.Error(_("longer than %(limit)s characters") % {"limit": LONGEST_LINE})
            if len(taken) > MOST_LINES:
                raise csv.Error(_("a quote is never closed"))
            yield line

    def _drain(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = next(self._texts, "")

    def done(self) -> None:
        """The present row ends here."""
        self.number += len(self.taken)
        self.taken.clear()

    def give_back(self, count: int = 1) -> None:
        """The row is its first lines only; the others are read again."""
        rest = self.taken[count:]
        del self.taken[count:]
        self._waiting.extendleft(reversed(rest))
        self.done()


def bad_byte(lines: list[str]) -> str:
    """The first byte that the encoding does not know, in hexadecimal; empty if there is none."""
    for line in lines:
        if not line.isascii() and (found := MARK.search(line)):
            return f"{ord(found.group()) - 0xDC00:02x}"
    return ""
