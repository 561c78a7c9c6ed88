"""Items, interactions and vectors from files: CSV or JSON lines, plain or gzip, of any length.

Unless bad rows may be skipped, a file is read twice: first to check every row, then to write if all
are good. One transaction for the whole file would need one reading only, but it would hold SQLite's
only write lock, and so block the site, for minutes. Rows are written in portions. After an
interrupted import, import the file again: items are upserted, and events are identified by their
ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.bulk_writes import (
    check_interactions,
    check_items,
    record_interactions,
    upsert_items,
)
from catalog.ingestion.file_readers import BadLine, Line, read_lines
from catalog.ingestion.item_vectors import check_vectors, read_name, record_vectors
from catalog.models import Catalog
from catalog.models.event_kinds import Kind
from catalog.validation.field_readers import BadField
from catalog.validation.row_parsing import BulkResult, RowError, read_kind

PORTION = 5_000
SHOWN_ERRORS = 20
ITEM_COLUMNS = ("item_id",)
VECTOR_COLUMNS = ("item_id", "vector")
INTERACTION_COLUMNS = ("user_id", "item_id", "timestamp")
_EVENT_COLUMNS = (
    "user_id", "item_id", "value", "event_id", "quantity", "price", "currency", "session",
)  # fmt: skip
Progress = Callable[["Report"], None]
Portion = tuple[list[Mapping[str, Any]], list[int]]


@dataclass(slots=True)
class Report:
    """The result of an import, or of its dry run.

    ``errors`` has the first 20 of ``bad`` rows, ``left_out`` those of ``suppressed`` ones, which
    stop no import; ``bytes_read`` counts bytes of the file.
    """

    written: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    repeated: int = 0
    bad: int = 0
    suppressed: int = 0
    bytes_read: int = 0
    errors: list[RowError] = field(default_factory=list)
    left_out: list[RowError] = field(default_factory=list)

    def add(self, result: BulkResult) -> None:
        self.created += result.created
        self.updated += result.updated
        self.repeated += result.repeated
        self.reject(result.errors)
        self.suppressed += len(result.suppressed)
        self.left_out += result.suppressed[: SHOWN_ERRORS - len(self.left_out)]

    def reject(self, errors: Iterable[RowError]) -> None:
        for error in errors:
            self.bad += 1
            if len(self.errors) < SHOWN_ERRORS:
                self.errors.append(error)


def import_items(
    *,
    catalog: Catalog,
    path: Path,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _report: None,
) -> Report:
    """Create or change items by ``item_id``.

    Columns: item_id, and optional title, description, categories (joined by ``|``), provider,
    language, available, attributes (a JSON object), created_at, price, currency, stock, image_url,
    group, available_from, available_until. Fields of a missing column stay.

    Raises:
        AppError: ``bad_file`` if the file cannot be read to its end.
    """

    def portions(report: Report) -> Iterator[Portion]:
        return _portions(_once(read_lines(path, ITEM_COLUMNS), report), report, dict)

    return _import(catalog, portions, check_items, upsert_items, dry_run, skip_bad, progress)


def import_interactions(
    *,
    catalog: Catalog,
    path: Path,
    kind: str = Kind.TAKE,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _report: None,
) -> Report:
    """Add events to the log. Unknown people are created; unknown items are errors.

    Columns: user_id, item_id, timestamp (ISO 8601 or seconds since 1970; bare numbers 1, 2, 3 …
    count as seconds, which preserves the order), and optional value, kind (default: ``kind``),
    event_id, quantity, price, currency and session. A row without an event id gets one from its
    timestamp and a hash of its user, item, kind, value and timestamp. So importing the same file
    again adds nothing, and two rows that are equal in all five count once.

    Raises:
        AppError: ``bad_file`` if the file cannot be read to its end.
        BadField: if ``kind`` is not a kind.
    """
    read_kind(kind)

    def portions(report: Report) -> Iterator[Portion]:
        lines = read_lines(path, INTERACTION_COLUMNS)
        return _portions(lines, report, lambda row: _as_event(row, kind))

    report = _import(
        catalog, portions, check_interactions, record_interactions, dry_run, skip_bad, progress
    )
    report.errors = [
        RowError(
            error.row,
            "timestamp" if error.field == "created_at" else error.field,
            error.value,
            error.reason,
        )
        for error in report.errors
    ]
    return report


def import_vectors(
    *,
    catalog: Catalog,
    path: Path,
    name: str,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _report: None,
) -> Report:
    """Write vectors of existing items.

    Columns: item_id, vector (numbers separated by spaces or commas, or a JSON list), and optional
    name (default: ``name``).

    Raises:
        AppError: ``bad_file`` if the file cannot be read to its end.
        BadField: if ``name`` is not a valid name.
    """
    read_name(name)

    def portions(report: Report) -> Iterator[Portion]:
        return _portions(
            read_lines(path, VECTOR_COLUMNS),
            report,
            lambda row: {**row, "name": row.get("name") or name},
        )

    check, write = partial(check_vectors, lengths={}), partial(record_vectors, lengths={})
    return _import(catalog, portions, check, write, dry_run, skip_bad, progress)


def _import(
    catalog: Catalog,
    portions: Callable[[Report], Iterator[Portion]],
    check: Callable[..., BulkResult],
    write: Callable[..., BulkResult],
    dry_run: bool,
    skip_bad: bool,
    progress: Progress,
) -> Report:
    if dry_run or not skip_bad:
        report = _read_through(catalog, portions, check, Report(written=False), progress)
        if dry_run or report.bad:
            return report
    return _read_through(catalog, portions, write, Report(written=True), progress)


def _read_through(
    catalog: Catalog,
    portions: Callable[[Report], Iterator[Portion]],
    act: Callable[..., BulkResult],
    report: Report,
    progress: Progress,
) -> Report:
    for rows, numbers in portions(report):
        report.add(act(catalog=catalog, rows=rows, numbers=numbers))
        progress(report)
    report.errors.sort(key=lambda error: error.row)
    return report


def _portions(
    lines: Iterator[Line], report: Report, shape: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Iterator[Portion]:
    while portion := list(islice(lines, PORTION)):
        report.rows += len(portion)
        report.bytes_read = portion[-1].position
        rows: list[Mapping[str, Any]] = []
        numbers: list[int] = []
        for line in portion:
            try:
                rows.append(shape(_whole(line)))
                numbers.append(line.number)
            except BadField as error:
                report.reject([RowError.of(line.number, error)])
        yield rows, numbers


def _whole(line: Line) -> Mapping[str, Any]:
    if isinstance(line.row, BadLine):
        raise BadField("line", line.row.text, line.row.reason)
    return line.row


def _once(lines: Iterator[Line], report: Report) -> Iterator[Line]:
    """The first line of each item. A catalogue's ids fit in memory; a log's would not."""
    first: dict[str, int] = {}
    for line in lines:
        key = "" if isinstance(line.row, BadLine) else str(line.row.get("item_id") or "").strip()
        if key and first.setdefault(key, line.number) != line.number:
            reason = _("was already in row %(row)s") % {"row": first[key]}
            report.rows += 1
            report.reject([RowError(line.number, "item_id", key, reason)])
        else:
            yield line


def _as_event(row: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The row for `record_interactions`, with an event id."""
    event = {name: row.get(name) for name in _EVENT_COLUMNS}
    event |= {"kind": row.get("kind") or kind, "created_at": row.get("timestamp")}
    if event["created_at"] in (None, ""):
        raise BadField("timestamp", "", _("is empty"))
    if not event["event_id"]:
        said = [str(event[name]) for name in ("user_id", "item_id", "kind", "value", "created_at")]
        digest = hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()[:24]
        # The time comes first: a log in order then appends to the index of event ids.
        event["event_id"] = f"row-{said[-1][:32]}-{digest}"
    return event
