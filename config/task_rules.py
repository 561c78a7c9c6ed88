"""Queue, time limits and acknowledgement of every task; the settings of Celery are made from it.

docs/how-to/operate.md says the same for people, and what finds the work of a task that was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DEFAULT, TEXTS, LONG, TRAINING = "default", "texts", "long", "training"
QUEUES = (DEFAULT, TEXTS, LONG, TRAINING)
"""Short work; encoders and language models; files, feeds and daily work; trainings."""

GRACE = 60
"""Seconds between the soft limit, which a task can answer, and the end of its process."""

MINUTE, HOUR = 60, 3_600

LATE = {"retry_on_worker_lost": True, "max_retries": 3, "default_retry_delay": 5}
"""A late task whose process was killed is tried again after seconds, but not for ever: it may be
what kills it."""


@dataclass(frozen=True)
class TaskRule:
    """``seconds``: soft time limit; None = that of a training.

    ``late``: acknowledged when the task has ended, so that the broker delivers it again if its
    process died. Only for tasks that take nothing a second time. The others are acknowledged when
    they begin; the schedule repeats what was lost.
    """

    queue: str
    seconds: int | None
    late: bool = False


RULES = {
    "recommender.tasks.run_training": TaskRule(TRAINING, None, late=True),
    "recommender.tasks.sweep_training_runs": TaskRule(DEFAULT, 2 * MINUTE),
    "recommender.tasks.train_where_due": TaskRule(DEFAULT, 5 * MINUTE),
    "recommender.tasks.refresh_interest_texts": TaskRule(DEFAULT, 2 * MINUTE),
    "recommender.tasks.refresh_stale_interest_texts": TaskRule(DEFAULT, 5 * MINUTE),
    "recommender.tasks.encode_waiting_items": TaskRule(DEFAULT, 2 * MINUTE),
    "recommender.tasks.encode_items": TaskRule(TEXTS, HOUR, late=True),
    "recommender.tasks.word_interest_text": TaskRule(TEXTS, 5 * MINUTE),
    "recommender.tasks.word_waiting_texts": TaskRule(TEXTS, 2 * MINUTE),
    "recommender.tasks.forget_old_impressions": TaskRule(LONG, HOUR),
    "catalog.tasks.run_due_feeds": TaskRule(DEFAULT, 2 * MINUTE),
    "catalog.tasks.run_feed": TaskRule(LONG, 3 * HOUR, late=True),
    "catalog.tasks.run_file_import": TaskRule(LONG, 3 * HOUR),
    "catalog.tasks.forget_old_uploads": TaskRule(DEFAULT, 5 * MINUTE),
    "catalog.tasks.mark_suspicious_profiles": TaskRule(LONG, HOUR),
    "accounts.tasks.forget_what_is_old": TaskRule(LONG, HOUR),
}


def routes() -> dict[str, dict[str, str]]:
    """The queue of each task, for senders that know only its name."""
    return {name: {"queue": rule.queue} for name, rule in RULES.items()}


def limits(training_limit: int) -> dict[str, dict[str, Any]]:
    """Limits and acknowledgement of each task. ``training_limit``: seconds."""
    return {name: _annotation(rule, training_limit) for name, rule in RULES.items()}


def visibility_timeout(training_limit: int) -> int:
    """Seconds after which the broker delivers a message again: more than the longest task takes."""
    return _longest(training_limit) + 10 * MINUTE


def _annotation(rule: TaskRule, training_limit: int) -> dict[str, Any]:
    soft = training_limit + 10 * MINUTE if rule.seconds is None else rule.seconds
    # The child of a training has the limit itself; ten minutes are for an outage of the database.
    limits = {"soft_time_limit": soft, "time_limit": soft + GRACE, "acks_late": rule.late}
    return limits | (LATE if rule.late else {})


def _longest(training_limit: int) -> int:
    return max(each["time_limit"] for each in limits(training_limit).values())
