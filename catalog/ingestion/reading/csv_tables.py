"""A CSV text as rows: ``sep=`` line, separator, header, then the records."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from django.utils.translation import gettext as _

from catalog.ingestion.reading.columns import Header
from catalog.ingestion.reading.csv_form import form_of
from catalog.ingestion.reading.delimited import SEPARATORS, delimiter_option, records
from catalog.ingestion.reading.lines import Lines, bad_byte
from catalog.ingestion.reading.problems import Notices, bad_file
from catalog.ingestion.reading.tables import Numbered, RowShape, looks_like_header, parsed

_SEP = re.compile(r"sep=(.|tab)\s*", re.IGNORECASE)
_PEEKED = 20


class CsvTable:
    """How one CSV text is read.

    Args:
        given: the columns of a file without a header.
        expected: the separator that the file's ending promises, which is not said.
    """

    def __init__(
        self,
        header: Header,
        notices: Notices,
        *,
        encoding: str,
        delimiter: str,
        given: Sequence[str],
        expected: str,
    ) -> None:
        self.header, self.notices, self.encoding = header, notices, encoding
        self.delimiter = delimiter_option(delimiter) if delimiter else ""
        self.given, self.expected = given, expected

    def rows(self, texts: Iterator[str]) -> Iterator[Numbered]:
        """
        Raises:
            AppError: ``bad_file`` if there is no usable header.
        """
        lines = Lines(texts)
        try:
            delimiter = self._delimiter(lines)
            columns = self._columns(lines, delimiter)
        except csv.Error as error:
            reason = _("is not valid CSV (%(why)s)") % {"why": error}
            raise bad_file(self.header.file, lines.number, reason) from None
        shape = RowShape(self.header, columns, self.notices)
        yield from records(lines, delimiter, shape, self.encoding, self.notices)

    def _delimiter(self, lines: Lines) -> str:
        """The separator that was chosen, or that Excel's first line names, or the best one."""
        feed = lines.feed()
        for first in feed:
            if named := _SEP.fullmatch(first):
                lines.done()
                return self.delimiter or named.group(1).replace("tab", "\t")
            if first.strip():
                break
            lines.done()
        with suppress(csv.Error):  # told when its row is read
            list(islice(feed, _PEEKED))
        sample = list(lines.taken)
        lines.give_back(0)
        return self.delimiter or self._best(sample)

    def _best(self, sample: list[str]) -> str:
        if not sample:
            return ","
        found = max(SEPARATORS, key=lambda mark: self._fit(sample, mark))
        if found != self.expected:
            text = _(
                "Its columns are separated by %(mark)s, as it seems; --delimiter sets another."
            )
            self.notices.say("delimiter", text % {"mark": SEPARATORS[found]})
        return found

    def _fit(self, sample: list[str], mark: str) -> tuple[int, bool, int]:
        """Known columns, the expected separator, cells of the first line that others have too."""
        first = parsed(sample[0], mark)
        if self.given:
            whole = sum(len(parsed(line, mark)) == len(self.given) for line in sample)
            return whole, mark == self.expected, 0
        known = sum(bool(self.header.column(cell)) for cell in first)
        alike = all(len(parsed(line, mark)) == len(first) for line in sample[:5])
        return (known, False, len(first)) if known else (0, alike and len(first) > 1, len(first))

    def _columns(self, lines: Lines, delimiter: str) -> list[str]:
        """The column of each cell; the header's line is passed, data are given back."""
        self.header.line = lines.number
        if len(delimiter) > 1:
            first = parsed(next(lines.feed(), ""), delimiter)
        else:
            first = next(csv.reader(lines.feed(), strict=True, **form_of(delimiter)), [])
        if byte := bad_byte(lines.taken):
            reason = _("is not valid %(encoding)s (byte %(byte)s)")
            found = {"encoding": self.encoding.upper(), "byte": byte}
            raise bad_file(self.header.file, lines.number, reason % found, byte)
        if not self.given:
            lines.done()
            self.header.cells = first
            return self.header.read(first)
        if looks_like_header(first, self.header):
            reason = _("is a header; leave out --columns")
            raise bad_file(self.header.file, lines.number, reason, ",".join(first)[:200])
        lines.give_back(0)
        return self.header.read(self.given)
