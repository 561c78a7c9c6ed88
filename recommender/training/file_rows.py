"""Rows of people's files for a data set without a database, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.file_readers import (
    INTERACTIONS,
    ITEMS,
    USERS,
    VECTORS,
    BadLine,
    ReadOptions,
    read_rows,
)
from catalog.validation.field_readers import BadField
from catalog.validation.row_parsing import RowError
from config.errors import AppError

SHOWN_ERRORS = 20
LOG = replace(
    INTERACTIONS,
    columns=("user_id", "item_id", "value", "timestamp", "kind", "quantity"),
    required=("user_id", "item_id"),
    ids=("user_id", "item_id"),
)
CATALOGUE = replace(ITEMS, columns=("item_id", "title", "description", "categories"), time="")
PICTURES = replace(VECTORS, columns=("item_id", "vector"))
KINDS = {"interactions": LOG, "items": CATALOGUE, "users": USERS, "vectors": PICTURES}


class BadFiles(AppError):
    """``bad_file`` (400): rows that cannot be read; ``lines`` has the first ones in words."""

    def __init__(self, lines: list[str], count: int) -> None:
        rest = count - len(lines)
        more = _("… and %(n)s more bad lines") % {"n": rest} if rest > 0 else ""
        super().__init__("bad_file", "\n".join([*lines, *filter(None, [more])]), 400)
        self.lines, self.count = lines, count


@dataclass
class FileOptions:
    """How the files are written.

    Attributes:
        reading: of all files. Its mapping names a column of every file that has it (``item_id``)
            or of one (``items.item_id``).
        columns: kind of file -> its columns, for files without a header.
        skip_bad: bad rows are left out and listed in the warnings.
    """

    reading: ReadOptions = field(default_factory=ReadOptions)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skip_bad: bool = False

    def of(self, name: str) -> ReadOptions:
        kind = KINDS[name]
        given = self.reading.mapping
        own = {ours: given[ours] for ours in kind.columns if ours in given}
        own |= {ours: given[f"{name}.{ours}"] for ours in kind.columns if f"{name}.{ours}" in given}
        time = self.reading.time_format if kind.time else "auto"
        return replace(
            self.reading, mapping=own, columns=self.columns.get(name, ()), time_format=time
        )


@dataclass
class Problems:
    """Bad rows of all files, and what the reader said."""

    skip_bad: bool
    warnings: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, path: Path, error: RowError) -> None:
        self.count += 1
        if len(self.lines) < SHOWN_ERRORS:
            text = f"{path.name}: line {error.row}: {error.field}: “{error.value}” {error.reason}"
            self.lines.append(text)

    def settle(self) -> None:
        """
        Raises:
            BadFiles: unless bad rows may be left out.
        """
        if self.count and not self.skip_bad:
            raise BadFiles(self.lines, self.count)
        if self.count:
            text = _("%(count)s bad rows were left out") % {"count": self.count}
            self.warnings += [text, *self.lines]


def rows_of(
    path: Path,
    name: str,
    options: FileOptions,
    problems: Problems,
    read: Callable[[Mapping[str, Any], int], Any],
) -> Iterator[Any]:
    """The good rows of a file, read by ``read``; the bad ones go to the problems."""
    rows = read_rows(path, KINDS[name], options.of(name))
    problems.warnings += [f"{path.name}: {notice}" for notice in rows.notices]
    for line in rows:
        try:
            if isinstance(line.row, BadLine):
                raise BadField(line.row.field, line.row.text, line.row.reason)
            yield read(line.row, line.number)
        except BadField as error:
            problems.add(path, RowError.of(line.number, error))
