"""One reading of a feed: fetched, checked, written; a full one says what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from catalog.feeds import members
from catalog.feeds.fetching import Fetched, fetched
from catalog.ingestion.file_readers import ITEMS, ReadOptions
from catalog.ingestion.import_runs import Report
from catalog.ingestion.imports import import_items
from catalog.ingestion.reading.rows import NamedFile
from catalog.ingestion.row_sources import SeenItems, open_rows
from catalog.models import Feed, FeedRun
from config.errors import AppError

MOST_MISSING = 0.1
"""Share of the feed's available items that may become unavailable without a question."""

MOST_BAD = 0.1
"""Share of bad rows above which the file counts as broken."""

State = FeedRun.State
Beat = Callable[..., Any]


def read_feed(run: FeedRun, beat: Beat) -> dict[str, Any]:
    """Read the feed of a run.

    A scheduled run fetches the file only if it changed; one that somebody asked for always does.

    Returns:
        The fields of the run that say how it ended.

    Raises:
        AppError: if the file cannot be fetched or read; nothing is changed then.
    """
    with fetched(run.feed, beat, is_conditional=run.trigger == FeedRun.Trigger.SCHEDULE) as got:
        if got.file is None:
            return {"state": State.UNCHANGED}
        return _import(run, got, beat)


def _import(run: FeedRun, got: Fetched, beat: Beat) -> dict[str, Any]:
    feed = run.feed
    options = ReadOptions(mapping=feed.mapping)
    rows = SeenItems(open_rows(NamedFile(got.name, got.file), ITEMS, options, feed.preset))  # type: ignore[arg-type]

    def progress(report: Report) -> None:
        beat(rows=report.rows)

    read = partial(import_items, catalog=feed.catalog, path=rows, skip_bad=True, progress=progress)
    checked = read(dry_run=True)
    _reject_broken(checked)
    missing = members.missing(feed, rows.ids) if feed.is_full else []
    if _must_ask(run, feed, len(missing)):
        return {**_counts(checked), "state": State.WAITING, "missing": len(missing),
                "message": _question(feed, len(missing))}  # fmt: skip
    members.restore(feed, rows.ids)
    report = read()
    members.remember(feed, rows.ids)
    members.withdraw(feed, missing)
    Feed.objects.filter(pk=feed.pk).update(etag=got.etag, last_modified=got.last_modified)
    return {**_counts(report), "state": State.SUCCEEDED, "missing": len(missing), "message": ""}


def _reject_broken(report: Report) -> None:
    if report.bad <= MOST_BAD * report.rows:
        return
    first = report.errors[0]
    where = _("line %(line)s: ") % {"line": first.row}
    found = {
        "bad": report.bad,
        "rows": report.rows,
        "first": f"{where}{first.field}: “{first.value}” {first.reason}",
    }
    text = _("%(bad)s of %(rows)s rows are bad, so nothing was changed. The first: %(first)s")
    raise AppError("bad_file", text % found, 400, {"field": "file", **found})


def _must_ask(run: FeedRun, feed: Feed, missing: int) -> bool:
    return missing > run.may_remove and missing > MOST_MISSING * members.available(feed)


def _question(feed: Feed, missing: int) -> str:
    found = {"missing": missing, "items": members.available(feed)}
    return (
        _(
            "%(missing)s of the feed’s %(items)s available items are not in the file, and would "
            "become unavailable. Nothing was changed. Confirm the run, or mend the file and run "
            "the feed again."
        )
        % found
    )


def _counts(report: Report) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "bad": report.bad,
        "errors": [asdict(error) for error in report.errors],
        "notices": report.notices,
    }
