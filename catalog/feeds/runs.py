"""Feed runs from the request to the end; the database settles every race."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.feeds import queue
from catalog.feeds.reading import read_feed
from catalog.models import Feed, FeedRun
from config.errors import AppError
from config.silence import silent
from config.text_forms import with_visible_nul

State, Trigger = FeedRun.State, FeedRun.Trigger
LOST_AFTER = timedelta(minutes=10)
"""A run writes a heartbeat with each portion and each MiB; servers may be silent for a minute."""

PROOF = 60.0
"""Seconds in which a run that lives writes a heartbeat, whatever its clock says."""

LONGEST_PAUSE = timedelta(days=2)
"""Between two runs of a schedule. A later time was set by a clock that has gone back since."""

SEND_AGAIN_AFTER = timedelta(minutes=2)
STORED_RUNS = 50
"""Of each feed; older ones are deleted."""

log = logging.getLogger(__name__)


def request_run(*, feed: Feed, trigger: str, send: bool = True) -> FeedRun:
    """Queue a run. A run that waits for a confirmation gives way to it.

    Raises:
        AppError: ``feed_running`` (409) if a run of the feed is queued or running.
    """
    try:
        with transaction.atomic():
            run = FeedRun.objects.create(feed=feed, trigger=trigger)
            waiting = feed.runs.filter(state=State.WAITING)
            waiting.update(state=State.FAILED, message=_("A newer run took its place."))
    except IntegrityError:
        raise AppError("feed_running", _("This feed is being read already."), 409) from None
    if send:
        queue.enqueue_after_commit(run.pk)
    return run


def confirm_run(*, run: FeedRun, send: bool = True) -> FeedRun:
    """Let a waiting run make as many items unavailable as it asked for.

    Raises:
        AppError: ``not_waiting`` (409) if the run does not wait any more.
    """
    try:
        with transaction.atomic():
            confirmed = FeedRun.objects.filter(pk=run.pk, state=State.WAITING).update(
                state=State.QUEUED, may_remove=run.missing, created_at=now(), message=""
            )
    except IntegrityError:
        confirmed = 0
    if not confirmed:
        raise AppError("not_waiting", _("This run does not wait for a confirmation."), 409)
    if send:
        queue.enqueue_after_commit(run.pk)
    return FeedRun.objects.select_related("feed__catalog").get(pk=run.pk)


def claim_run(*, run_id: int) -> FeedRun | None:
    """Take a queued run; None if another process has it."""
    claimed = FeedRun.objects.filter(pk=run_id, state=State.QUEUED).update(
        state=State.RUNNING, started_at=now(), heartbeat_at=now()
    )
    return FeedRun.objects.select_related("feed__catalog").get(pk=run_id) if claimed else None


def beat(run: FeedRun, **fields: Any) -> None:
    FeedRun.objects.filter(pk=run.pk, state=State.RUNNING).update(heartbeat_at=now(), **fields)


def carry_out(run: FeedRun) -> FeedRun:
    """Read the feed of a claimed run and write how it ended."""
    try:
        outcome = read_feed(run, lambda **fields: beat(run, **fields))
    except AppError as error:
        outcome = {"state": State.FAILED, "message": with_visible_nul(str(error.message))}
    except Exception as error:
        log.exception("feed %s", run.feed)
        outcome = {
            "state": State.FAILED,
            "message": with_visible_nul(f"{type(error).__name__}: {error}"),
        }
    FeedRun.objects.filter(pk=run.pk, state=State.RUNNING).update(finished_at=now(), **outcome)
    _delete_old(run.feed)
    return FeedRun.objects.select_related("feed__catalog").get(pk=run.pk)


def run_due_feeds() -> list[FeedRun]:
    """Queue a run for each feed whose time has come."""
    due, moment = [], now()
    its_time = Q(next_at__lte=moment) | Q(next_at__gt=moment + LONGEST_PAUSE)
    for feed in Feed.objects.filter(its_time, active=True).select_related("catalog"):
        claimed = Feed.objects.filter(pk=feed.pk, next_at=feed.next_at).update(
            next_at=feed.next_after(moment)
        )
        if claimed:
            try:
                due.append(request_run(feed=feed, trigger=Trigger.SCHEDULE))
            except AppError:  # somebody runs it right now
                continue
    return due


def sweep_lost_runs() -> int:
    """Fail runs without a heartbeat and send forgotten ones again. Returns how many failed."""
    running = FeedRun.objects.filter(state=State.RUNNING)
    quiet = silent(running, after=LOST_AFTER, proof=PROOF)
    lost = running.filter(pk__in=quiet, heartbeat_at__in=quiet.values()).update(
        state=State.FAILED, finished_at=now(), message=_("The worker stopped.")
    )
    long_ago = Q(created_at__lt=now() - SEND_AGAIN_AFTER)
    waiting = FeedRun.objects.filter(
        long_ago | Q(created_at__gt=now() + SEND_AGAIN_AFTER), state=State.QUEUED
    )
    for run_id in waiting.values_list("pk", flat=True):
        queue.enqueue_feed(run_id)
    return lost


def _delete_old(feed: Feed) -> None:
    newest = list(feed.runs.order_by("-pk").values_list("pk", flat=True)[:STORED_RUNS])
    feed.runs.exclude(pk__in=newest).delete()
