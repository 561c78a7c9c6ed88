"""Sends feed runs to the workers, by the task's name."""

from __future__ import annotations

from django.db import transaction

from config import celery_app

RUN_FEED = "catalog.tasks.run_feed"


def enqueue_feed(run_id: int) -> None:
    celery_app.signature(RUN_FEED, args=[run_id]).apply_async()


def enqueue_after_commit(run_id: int) -> None:
    """Robust: if the broker is unavailable, the run stays queued and the sweep sends it later."""
    transaction.on_commit(lambda: enqueue_feed(run_id), robust=True)
