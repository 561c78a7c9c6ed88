"""Checks and imports an uploaded file: small ones at once, big ones in a worker."""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.ingestion import imports, uploads
from catalog.ingestion.import_runs import Report
from catalog.ingestion.reading.rows import ReadOptions
from catalog.models import FileImport, Holds, RememberedMapping
from config import celery_app
from config.errors import AppError
from config.silence import silent
from config.text_forms import with_visible_nul

RUN_FILE_IMPORT = "catalog.tasks.run_file_import"
AT_ONCE = 1 << 20
"""Bytes: smaller files are read while the person waits."""

LOST_AFTER = timedelta(minutes=10)
PROOF = 60.0
"""Seconds in which an import that lives writes a heartbeat, whatever its clock says."""
State = FileImport.State
log = logging.getLogger(__name__)


def start(stored: FileImport, state: str) -> FileImport:
    """Begin a check (``checking``) or an import (``importing``).

    Raises:
        AppError: ``busy`` (409) if it is being read already, or is over.
    """
    before = (
        [State.CHECKED] if state == State.IMPORTING
        else [State.UPLOADED, State.CHECKED, State.FAILED]
    )  # fmt: skip
    claimed = FileImport.objects.filter(pk=stored.pk, state__in=before).update(
        state=state, heartbeat_at=now(), fraction=0, message="", finished_at=None
    )
    if not claimed:
        raise AppError("busy", _("This file is being read, or its import is over."), 409)
    stored.refresh_from_db()
    if stored.size <= AT_ONCE:
        return carry_out(stored)
    transaction.on_commit(
        lambda: celery_app.signature(RUN_FILE_IMPORT, args=[stored.pk, state]).apply_async(),
        robust=True,
    )
    return stored


def carry_out(stored: FileImport) -> FileImport:
    """Check or import the file of a started run, and write how it ended."""
    is_check = stored.state == State.CHECKING
    try:
        outcome = _read(stored, is_check)
    except AppError as error:
        outcome = {"state": State.FAILED, "message": with_visible_nul(str(error.message))}
    except Exception as error:
        log.exception("file import %s", stored.pk)
        outcome = {
            "state": State.FAILED,
            "message": with_visible_nul(f"{type(error).__name__}: {error}"),
        }
    FileImport.objects.filter(pk=stored.pk).update(finished_at=now(), fraction=1, **outcome)
    stored.refresh_from_db()
    if stored.state == State.SUCCEEDED:
        uploads.delete_file(stored)
        remember(stored)
    return stored


def _read(stored: FileImport, is_check: bool) -> dict[str, Any]:
    errors = uploads.ErrorList(stored)

    def progress(report: Report) -> None:
        FileImport.objects.filter(pk=stored.pk).update(
            heartbeat_at=now(),
            rows=report.rows,
            fraction=min(0.99, report.bytes_read / max(1, stored.size)),
        )

    with uploads.opened(stored) as file:
        report = _import(
            stored, path=file, dry_run=is_check, skip_bad=is_check or stored.skip_bad,
            progress=progress, on_error=errors.add,
        )  # fmt: skip
    for row in report.left_out:
        errors.add(row)
    errors.flush()
    if not is_check and not report.written:
        message = _("There are bad rows, so nothing was changed.")
        return {**_counts(report), "state": State.CHECKED, "message": message}
    if report.stopped_at:
        text = _(
            "The catalogue changed after the check. From line %(line)s on nothing was written."
        )
        message = text % {"line": report.stopped_at}
        return {**_counts(report), "state": State.FAILED, "message": message}
    return {**_counts(report), "state": State.CHECKED if is_check else State.SUCCEEDED}


def _import(stored: FileImport, **chosen: Any) -> Report:
    chosen |= {"catalog": stored.catalog, "options": options_of(stored), "preset": stored.preset}
    if stored.holds == Holds.ITEMS:
        return imports.import_items(**chosen)
    return imports.import_interactions(
        **chosen,
        kind=stored.options.get("kind") or None,
        create_items=bool(stored.options.get("create_items")),
    )


def _counts(report: Report) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged + report.repeated,
        "bad": report.bad,
        "suppressed": report.suppressed,
        "errors": [
            asdict(replace(error, value=uploads.stored_value(error))) for error in report.errors
        ],
        "notices": list(report.notices),
    }


def options_of(stored: FileImport | RememberedMapping) -> ReadOptions:
    """How the file is read, from what was chosen."""
    chosen = stored.options
    return ReadOptions(
        encoding=chosen.get("encoding", ""),
        delimiter=chosen.get("delimiter", ""),
        mapping=chosen.get("mapping", {}),
        columns=tuple(chosen.get("columns", ())),
        time_format=chosen.get("time_format", "") or "auto",
    )


def remember(stored: FileImport) -> None:
    """Let the next file of this catalogue and content begin with the same choices."""
    RememberedMapping.objects.update_or_create(
        catalog=stored.catalog,
        holds=stored.holds,
        defaults={"preset": stored.preset, "options": stored.options},
    )


def sweep_lost() -> int:
    """Fail imports whose worker stopped. Returns how many."""
    working = FileImport.objects.filter(state__in=FileImport.WORKING)
    quiet = silent(working, after=LOST_AFTER, proof=PROOF)
    return working.filter(pk__in=quiet, heartbeat_at__in=quiet.values()).update(
        state=State.FAILED,
        finished_at=now(),
        message=_("The worker stopped. Check the file again."),
    )
