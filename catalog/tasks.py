"""The tasks of the catalogues: feeds, imported files, suspects. Each calls one service."""

from __future__ import annotations

from celery import shared_task

from catalog.feeds import runs
from catalog.feeds.queue import RUN_FEED
from catalog.ingestion import upload_runs, uploads
from catalog.models import Catalog, FileImport
from catalog.profiles import suspects
from config import clock


@shared_task(name=RUN_FEED)
def run_feed(run_id: int) -> None:
    """Carry out a queued run; nothing happens if another worker has it."""
    if run := runs.claim_run(run_id=run_id):
        runs.carry_out(run)


@shared_task(name=upload_runs.RUN_FILE_IMPORT)
def run_file_import(import_id: int, state: str) -> None:
    """Check or import an uploaded file, if it still waits for that."""
    if stored := FileImport.objects.filter(pk=import_id, state=state).first():
        upload_runs.carry_out(stored)


@shared_task
def forget_old_uploads() -> int:
    upload_runs.sweep_lost()
    return uploads.delete_old() if clock.is_steady() else 0


@shared_task
def run_due_feeds() -> list[int]:
    runs.sweep_lost_runs()
    return [run.pk for run in runs.run_due_feeds()]


@shared_task
def mark_suspicious_profiles() -> int:
    return sum(suspects.mark_suspects(catalog=catalog) for catalog in Catalog.objects.all())
