"""Periodic tasks; django-celery-beat shows and edits them in the admin."""

from __future__ import annotations

from typing import Any

A_DAY = 86_400


EXPIRES = 600
"""Seconds after which a message that no worker took is dropped: later ones do its work. Not less,
because the clocks of two machines may differ."""


def _every(seconds: int, task: str) -> dict[str, Any]:
    options = {"expire_seconds": max(seconds, EXPIRES)}
    return {"task": task, "schedule": float(seconds), "options": options}


BEAT_SCHEDULE = {
    "fail-lost-training-runs": _every(30, "recommender.tasks.sweep_training_runs"),
    "write-stale-interest-texts": _every(60, "recommender.tasks.refresh_stale_interest_texts"),
    "encode-waiting-items": _every(30, "recommender.tasks.encode_waiting_items"),
    "word-waiting-texts": _every(600, "recommender.tasks.word_waiting_texts"),
    "run-due-feeds": _every(60, "catalog.tasks.run_due_feeds"),
    "forget-old-uploads": _every(600, "catalog.tasks.forget_old_uploads"),
    "forget-old-visits-and-sign-ins": _every(A_DAY, "accounts.tasks.forget_what_is_old"),
    "mark-suspicious-profiles": _every(A_DAY, "catalog.tasks.mark_suspicious_profiles"),
    "forget-old-impressions": _every(A_DAY, "recommender.tasks.forget_old_impressions"),
    "train-where-enough-is-new": _every(300, "recommender.tasks.train_where_due"),
}
