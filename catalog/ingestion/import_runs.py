"""One import: rows in portions, checked, then written, with a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.ingestion.collections_by_hand import collected_by_hand
from catalog.ingestion.reading.problems import BadLine
from catalog.ingestion.reading.rows import Line, RowSource
from catalog.models import Catalog
from catalog.validation.field_readers import BadField
from catalog.validation.row_parsing import BulkResult, RowError
from config.errors import AppError

PORTION = 5_000
SHOWN_ERRORS = 20
Progress = Callable[["Report"], None]
OnError = Callable[[RowError], None]
Portion = tuple[list[Mapping[str, Any]], list[int]]


def ignore(_error: RowError) -> None:
    """The default of ``on_error``."""


@dataclass(slots=True)
class Report:
    """The result of an import, or of its dry run.

    ``errors`` has the first 20 of ``bad`` rows, ``left_out`` those of ``suppressed`` ones, which
    stop no import; ``bytes_read`` counts bytes of the file; ``notices`` say what the reader assumed
    and what it did not read. ``stopped_at``: the first line that was not written, because rows
    became bad after the check; 0 if there is none.
    """

    written: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    items_created: int = 0
    bad: int = 0
    suppressed: int = 0
    bytes_read: int = 0
    stopped_at: int = 0
    notices: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    left_out: list[RowError] = field(default_factory=list)
    on_error: OnError = ignore

    def add(self, result: BulkResult) -> None:
        self.created += result.created
        self.updated += result.updated
        self.unchanged += result.unchanged
        self.repeated += result.repeated
        self.items_created += result.items_created
        self.reject(result.errors)
        self.suppressed += len(result.suppressed)
        self.left_out += result.suppressed[: SHOWN_ERRORS - len(self.left_out)]

    def reject(self, errors: Iterable[RowError]) -> None:
        for error in errors:
            self.bad += 1
            self.on_error(error)
            if len(self.errors) < SHOWN_ERRORS:
                self.errors.append(error)


def run_import(
    catalog: Catalog,
    rows: RowSource,
    portions: Callable[[Report], Iterator[Portion]],
    check: Callable[..., BulkResult],
    write: Callable[..., BulkResult],
    dry_run: bool,
    skip_bad: bool,
    progress: Progress,
    settled: Callable[[BulkResult], Iterable[RowError]] = lambda _result: (),
    on_error: OnError = ignore,
    forget: Callable[[], None] = lambda: None,
) -> Report:
    """
    Args:
        forget: forgets what the writing remembers of earlier portions.
        on_error: gets every bad row; the report has the first ones only.
        settled: corrects the counts of a checked file and gives the errors that only the whole
            file shows.
    """
    if dry_run or not skip_bad:
        report = Report(written=False, notices=rows.notices, on_error=on_error)
        report = _read_through(catalog, portions, check, report, progress)
        report.notices = rows.notices  # a preset knows its own after the reading
        whole = BulkResult()
        whole.errors = list(settled(whole))
        report.add(whole)
        report.errors.sort(key=lambda error: error.row)
        if dry_run or report.bad:
            return report
    report = Report(written=True, notices=rows.notices, on_error=on_error)
    write = write if skip_bad else partial(_whole_portion, write)
    write = partial(_written_anew, write, forget)
    report = _read_through(catalog, portions, write, report, progress)
    report.written = not report.stopped_at or bool(report.created or report.updated)
    report.notices = rows.notices
    return report


class _BecameBad(Exception):
    """Rows of a portion became bad after the check."""

    def __init__(self, errors: list[RowError]) -> None:
        self.errors = errors


def _whole_portion(write: Callable[..., BulkResult], **arguments: Any) -> BulkResult:
    """Write all rows of a portion or none."""
    with transaction.atomic():
        result = write(**arguments)
        if result.errors:
            raise _BecameBad(result.errors)
    return result


def _written_anew(
    write: Callable[..., BulkResult], forget: Callable[[], None], **arguments: Any
) -> BulkResult:
    """Write a portion; once more if a remembered key is of what others deleted meanwhile."""
    try:
        return write(**arguments)
    except IntegrityError:
        forget()
        return write(**arguments)


def _read_through(
    catalog: Catalog,
    portions: Callable[[Report], Iterator[Portion]],
    act: Callable[..., BulkResult],
    report: Report,
    progress: Progress,
) -> Report:
    with collected_by_hand() as collect:
        for rows, numbers in portions(report):
            try:
                report.add(act(catalog=catalog, rows=rows, numbers=numbers))
            except _BecameBad as error:
                report.stopped_at = numbers[0]
                report.reject(error.errors)
                break
            except DatabaseError as error:
                raise _failed_write(report, numbers, error) from error
            progress(report)
            collect()
    report.errors.sort(key=lambda error: error.row)
    return report


def _failed_write(report: Report, numbers: Sequence[int], error: DatabaseError) -> AppError:
    """What was written before the database refused a portion."""
    text = _(
        "The database rejected the lines %(first)s to %(last)s (%(why)s). Before them "
        "%(created)s rows were added and %(updated)s changed; import the file again."
    )
    found = {"first": numbers[0], "last": numbers[-1], "why": str(error).strip().split("\n")[0]}
    found |= {"created": report.created, "updated": report.updated}
    return AppError("bad_file", text % found, 400, {"field": "file", **found})


def in_portions(
    lines: Iterable[Line], report: Report, shape: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Iterator[Portion]:
    lines = iter(lines)
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
        raise BadField(line.row.field, line.row.text, line.row.reason)
    return line.row
