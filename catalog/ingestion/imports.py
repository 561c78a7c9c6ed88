"""Items, interactions and vectors from files of any form that `file_readers` knows.

A file is looked through first (`read_rows`). Unless bad rows may be skipped, it is then read twice:
to check every row, and to write if all are good. One transaction for the whole file would need one
reading only, but it would hold SQLite's only write lock, and so block the site, for minutes. Rows
are written in portions. After an interrupted import, import the file again: items are upserted, and
events are identified by their ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.bulk_writes import check_items, record_interactions, upsert_items
from catalog.ingestion.event_ids import settle
from catalog.ingestion.file_readers import (
    INTERACTIONS,
    ITEMS,
    VECTORS,
    BadLine,
    Line,
    ReadOptions,
    read_rows,
)
from catalog.ingestion.import_runs import (
    OnError,
    Portion,
    Progress,
    Report,
    ignore,
    in_portions,
    run_import,
)
from catalog.ingestion.interaction_checks import CheckedSoFar, check_interactions, taken_event_id
from catalog.ingestion.item_vectors import check_vectors, read_name, record_vectors
from catalog.ingestion.known_keys import KnownKeys
from catalog.ingestion.reading.columns import RATINGS, plain, without_ratings
from catalog.ingestion.reading.rows import Readable, RowSource
from catalog.ingestion.row_sources import open_rows
from catalog.models import Catalog
from catalog.models.event_kinds import Kind
from catalog.validation.event_values import EventReader, KindWords
from catalog.validation.field_readers import BadField
from catalog.validation.row_parsing import RowError


def import_items(
    *,
    catalog: Catalog,
    path: Readable | RowSource,
    options: ReadOptions | None = None,
    preset: str = "",
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _report: None,
    on_error: OnError = ignore,
) -> Report:
    """Create or change items by ``item_id``.

    Columns: item_id, and optional title, description, categories (joined by ``|``), provider,
    language, available, attributes (a JSON object), created_at, price, currency, stock, image_url,
    group, available_from, available_until. Fields of a missing column stay.

    Raises:
        AppError: ``bad_file`` if the file cannot be read to its end; ``bad_option``.
    """
    rows = open_rows(path, ITEMS, options, preset)

    def portions(report: Report) -> Iterator[Portion]:
        return in_portions(_once(rows, report, ("item_id",)), report, dict)

    check, write = (partial(act, times_checked=True) for act in (check_items, upsert_items))
    return run_import(
        catalog, rows, portions, check, write, dry_run, skip_bad, progress, on_error=on_error
    )


def import_interactions(
    *,
    catalog: Catalog,
    path: Readable | RowSource,
    kind: str | None = None,
    options: ReadOptions | None = None,
    preset: str = "",
    create_items: bool = False,
    map_kind: Mapping[str, str] | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _report: None,
    on_error: OnError = ignore,
) -> Report:
    """Add events to the log. Unknown people are created; so are unknown items if they may be.

    Columns: user_id, item_id, timestamp (ISO 8601 or seconds since 1970; bare numbers 1, 2, 3 …
    count as seconds, which preserves the order), and optional value, kind, event_id, quantity,
    price, currency and session. Kinds come in any case, by an alias or by ``map_kind`` (the file's
    word -> a kind). A row without a kind gets ``kind``; without that it is a rating in a file with
    a column of ratings, else a take. A row without an event id gets one from its timestamp and a
    hash of its user, item, kind, value and timestamp. So importing the same file again adds
    nothing, and two rows that are equal in all five count once.

    Raises:
        AppError: ``bad_file`` if the file cannot be read to its end; ``bad_option``.
        BadField: if ``kind`` or what ``map_kind`` names is not a kind.
    """
    reader = EventReader.of(catalog)
    rows, usual = _log(path, reader.known(kind) if kind else None, options, preset)
    words = KindWords(reader, usual, map_kind or {})

    def portions(report: Report) -> Iterator[Portion]:
        return in_portions(rows, report, lambda row: _as_event(row, words))

    so_far, keys = CheckedSoFar(), KnownKeys()
    check = partial(
        check_interactions, so_far=so_far, create_items=create_items, times_checked=True
    )
    write = partial(record_interactions, create_items=create_items, times_checked=True, keys=keys)
    report = run_import(
        catalog, rows, portions, check, write, dry_run, skip_bad, progress,
        settled=lambda result: _reused_ids(rows, settle(so_far.events, result)),
        on_error=on_error, forget=keys.forget,
    )  # fmt: skip
    report.notices += words.notices()
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


def _log(
    path: Readable | RowSource, kind: str | None, options: ReadOptions | None, preset: str
) -> tuple[RowSource, str]:
    """The rows of a log, and the kind of those that name none."""
    others = kind not in (None, Kind.RATE)
    holds = without_ratings(INTERACTIONS) if others else INTERACTIONS
    rows = open_rows(path, holds, options, preset)
    stars = rows.header.get("value", "")
    if kind is None and "kind" not in rows.header and plain(stars) in map(plain, RATINGS):
        text = _("Column “%(name)s” makes its rows ratings; --kind names another kind.")
        rows.notices.append(text % {"name": stars})
        kind = Kind.RATE
    return rows, kind or Kind.TAKE


def _reused_ids(rows: RowSource, lines: Sequence[int]) -> Iterator[RowError]:
    """The errors of lines whose event id belongs to another line; the ids are read again."""
    wanted, last = set(lines), max(lines, default=0)
    for line in rows if lines else ():
        if line.number in wanted and isinstance(line.row, Mapping):
            yield taken_event_id(line.number, str(line.row.get("event_id")))
        if line.number >= last:
            return


def import_vectors(
    *,
    catalog: Catalog,
    path: Readable,
    name: str,
    options: ReadOptions | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _report: None,
) -> Report:
    """Write vectors of existing items.

    Columns: item_id, vector (numbers separated by spaces or commas, or a JSON list), and optional
    name (default: ``name``).

    Raises:
        AppError: ``bad_file`` if the file cannot be read to its end; ``bad_option``.
        BadField: if ``name`` is not a valid name.
    """
    read_name(name)
    rows = read_rows(path, VECTORS, options)

    def portions(report: Report) -> Iterator[Portion]:
        lines = _once(rows, report, ("item_id", "name"))
        return in_portions(lines, report, lambda row: {**row, "name": row.get("name") or name})

    check, write = partial(check_vectors, lengths={}), partial(record_vectors, lengths={})
    return run_import(catalog, rows, portions, check, write, dry_run, skip_bad, progress)


def _once(rows: RowSource, report: Report, columns: Sequence[str]) -> Iterator[Line]:
    """The first line of each item. A catalogue's ids fit in memory; a log's would not."""
    first: dict[Hashable, int] = {}
    for line in rows:
        key = ("",) if isinstance(line.row, BadLine) else tuple(_key(line.row, columns))
        if key[0] and first.setdefault(key, line.number) != line.number:
            reason = _("was already in row %(row)s") % {"row": first[key]}
            report.rows += 1
            report.reject([RowError(line.number, "item_id", str(key[0]), reason)])
        else:
            yield line


def _key(row: Mapping[str, Any], columns: Sequence[str]) -> Iterator[str]:
    for column in columns:
        value = row.get(column)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        yield str("" if value is None else value).strip()


def _as_event(row: Mapping[str, Any], words: KindWords) -> Mapping[str, Any]:
    """The row for `record_interactions`, with an event id."""
    event, time, kind = {**row}, row.get("timestamp"), words.read(row.get("kind"))
    if time in (None, ""):
        raise BadField("timestamp", "", _("is empty"))
    event["kind"], event["created_at"] = kind, time
    if not row.get("event_id"):
        event["event_id"] = _made_id(row, kind, time)
    return event


def _made_id(row: Mapping[str, Any], kind: str, time: Any) -> str:
    """An event id of what the row says; the same row has the same id."""
    parts = (row.get("user_id"), row.get("item_id"), kind, row.get("value"), time)
    said = [str(part).strip() for part in parts]
    digest = hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()[:24]
    # The time comes first: a log in order then appends to the index of event ids.
    return f"row-{said[-1][:32]}-{digest}"
