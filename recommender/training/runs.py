"""Training runs from the request to the end. The database settles every race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Catalog
from config.errors import AppError
from config.metrics import RUNS_ENDED
from config.silence import silent
from recommender.models import TrainingRun
from recommender.training import queue, run_queries, stages

State = TrainingRun.State
OPEN = run_queries.OPEN


LOST_AFTER = timedelta(seconds=60)
"""The parent process writes a heartbeat every 2 s. A run without thirty of them is lost."""


MOST_SETBACKS = 4
"""A run fails when so many of its attempts were ended from outside."""

FIRST_REST = timedelta(seconds=30)
"""After the first setback of a run; twice as long after each later."""


PROOF = 10.0
"""Seconds in which a run that lives writes a heartbeat, whatever its clock says."""

SEND_AGAIN_AFTER = timedelta(minutes=2)
"""A queued run without a message in the queue has lost it after this time."""


def request_training(
    *,
    catalog: Catalog,
    trigger: str,
    user: User | None = None,
    seed: int = 0,
    force: bool = False,
    quick: bool = False,
    send: bool = True,
) -> TrainingRun:
    """Queue a run. Its task is sent after commit, unless the caller runs it (``send=False``).

    ``quick``: typical weights instead of learnt ones, for first lists within seconds.

    Raises:
        AppError: ``training_already_queued`` (409) if one is queued already.
    """
    try:
        with transaction.atomic():
            run = TrainingRun.objects.create(
                catalog=catalog,
                trigger=trigger,
                requested_by=user,
                seed=seed,
                force=force,
                quick=quick,
            )
    except IntegrityError as error:
        raise AppError(
            "training_already_queued",
            _("A training run for this catalogue is already waiting."),
            409,
        ) from error
    if send:
        _send_after_commit(run.pk)
    return run


def claim_next() -> TrainingRun | None:
    """Take the waiting run whose turn it is; None if none may begin."""
    claimed = (claim_run(run_id=run_id) for run_id in run_queries.waiting_in_turn())
    return next(filter(None, claimed), None)


def claim_run(*, run_id: int) -> TrainingRun | None:
    """Take a queued run. None if another process has it, or another run of its catalogue runs."""
    try:
        with transaction.atomic():
            claimed = TrainingRun.objects.filter(run_queries.may_begin(), pk=run_id).update(
                state=State.RUNNING,
                started_at=now(),
                heartbeat_at=now(),
                progress_at=now(),
                retry_at=None,
                attempts=F("attempts") + 1,
                error="",
            )
    except IntegrityError:
        return None
    return TrainingRun.objects.select_related("catalog").get(pk=run_id) if claimed else None


def _running(run_id: int, attempt: int | None) -> QuerySet[TrainingRun]:
    """The run while it runs. ``attempt``: only while that one does; a process that was stopped for
    minutes finds that another has its run."""
    rows = TrainingRun.objects.filter(pk=run_id, state=State.RUNNING)
    return rows if attempt is None else rows.filter(attempts=attempt)


def beat(*, run_id: int, attempt: int | None = None) -> bool:
    """Write a heartbeat. False if the run is no longer running: its process must stop."""
    return bool(_running(run_id, attempt).update(heartbeat_at=now()))


def report_progress(
    *,
    run_id: int,
    stage: str,
    fraction: float,
    eta: float | None = None,
    attempt: int | None = None,
) -> bool:
    """Write a run's progress. False if it is no longer running."""
    moment = now()
    return bool(
        _running(run_id, attempt).update(
            stage=stage[:60],
            fraction=fraction,
            eta_seconds=eta,
            heartbeat_at=moment,
            progress_at=moment,
        )
    )


def finish_run(
    *,
    run_id: int,
    fingerprint: str,
    attempt: int | None = None,
    seconds: dict[str, float] | None = None,
    skipped: bool = False,
    warnings: Sequence[Mapping[str, str]] = (),
) -> TrainingRun:
    """Mark a running run as succeeded or skipped.

    Raises:
        AppError: ``training_lost`` (409) if it was failed meanwhile.
    """
    ended = _end(run_id, rows=_running(run_id, attempt),
                 state=State.SKIPPED if skipped else State.SUCCEEDED,
                 fraction=1.0, fingerprint=fingerprint, seconds=seconds or {},
                 warnings=list(warnings))  # fmt: skip
    if not ended:
        raise AppError(
            "training_lost", _("This training run was abandoned before it finished."), 409
        )
    return TrainingRun.objects.get(pk=run_id)


def fail_run(*, run_id: int, error: str, attempt: int | None = None) -> bool:
    """Mark an open run as failed. False if it had ended: its outcome does not change.

    ``attempt``: only while this attempt runs.
    """
    rows = None if attempt is None else _running(run_id, attempt)
    return _end(run_id, OPEN, rows=rows, state=State.FAILED, error=error)


def cancel_run(*, run_id: int) -> TrainingRun:
    """Cancel a waiting or running run. The process that trains ends within seconds.

    Raises:
        AppError: ``training_over`` (409) if it is over already.
    """
    if not _end(run_id, OPEN, state=State.CANCELLED, retry_at=None):
        raise AppError("training_over", _("This training run is over already."), 409)
    return TrainingRun.objects.get(pk=run_id)


def put_off_run(*, run_id: int, error: str, attempt: int | None = None) -> bool:
    """Have a running run go on later, after the cause outside has passed.

    It fails after ``MOST_SETBACKS``, or if another run of its catalogue waits.

    Returns:
        False if it was over.
    """
    setbacks = TrainingRun.objects.values_list("setbacks", flat=True).get(pk=run_id)
    rest = FIRST_REST * 2**setbacks
    return _set_back(_running(run_id, attempt), run_id, error, retry_at=now() + rest)


def hand_back_run(*, run_id: int, attempt: int | None = None) -> bool:
    """Queue a running run again, because its worker stops; another goes on with it.

    It fails if another run of its catalogue waits. False if it was over.
    """
    return _queue_again(_running(run_id, attempt), run_id, _("The worker stopped."))


def _set_back(
    rows: QuerySet[TrainingRun], run_id: int, error: str, retry_at: datetime | None = None
) -> bool:
    """Queue an attempt again that was ended from outside; fail the run after too many."""
    if _queue_again(
        rows.filter(setbacks__lt=MOST_SETBACKS - 1),
        run_id,
        error,
        setbacks=F("setbacks") + 1,
        retry_at=retry_at,
    ):
        return True
    return _end(run_id, rows=rows, state=State.FAILED, error=error)


def _queue_again(
    rows: QuerySet[TrainingRun], run_id: int, error: str, retry_at: Any = None, **fields: Any
) -> bool:
    """Queue the run if it is among ``rows``. If another of its catalogue waits, it fails."""
    try:
        with transaction.atomic():
            queued = rows.update(
                state=State.QUEUED, error=error, retry_at=retry_at, eta_seconds=None, **fields
            )
    except IntegrityError:
        return _end(run_id, rows=rows, state=State.FAILED, error=error)
    if queued and retry_at is None:
        _send_after_commit(run_id)
    return bool(queued)


def take_over(*, catalog: Catalog, force: bool = False) -> TrainingRun | None:
    """The catalogue's waiting run, claimed by this process; None if none waits or one runs."""
    waiting = TrainingRun.objects.filter(catalog=catalog, state=State.QUEUED)
    waiting.update(retry_at=None, **({"force": True} if force else {}))
    run = waiting.first()
    return None if run is None else claim_run(run_id=run.pk)


def sweep_lost_runs() -> int:
    """Queue runs without a heartbeat again, and resend what waits. Returns how many were lost."""
    running = TrainingRun.objects.filter(state=State.RUNNING)
    lost = [
        run_id
        for run_id, heartbeat in silent(running, after=LOST_AFTER, proof=PROOF).items()
        if _set_back(
            running.filter(heartbeat_at=heartbeat, pk=run_id), run_id, _("The worker stopped.")
        )
    ]
    stages.sweep()
    _send_forgotten()
    return len(lost)


def _send_forgotten() -> None:
    """Resend runs that wait without a message. Twice is harmless: one claim wins.

    While the queue has messages, each waits for a worker, which then takes the run whose turn it
    is.
    """
    forgotten = run_queries.waiting_in_turn(since=now() - SEND_AGAIN_AFTER)
    if forgotten and not queue.waiting_messages():
        for run_id in forgotten:
            queue.enqueue_training(run_id)


def _end(
    run_id: int,
    states: Sequence[str] = (),
    rows: QuerySet[TrainingRun] | None = None,
    **fields: Any,
) -> bool:
    """End a run if it is in one of ``states``, or among ``rows``.

    Its stage files go, and the catalogue's queued run is sent.
    """
    rows = TrainingRun.objects.filter(pk=run_id, state__in=states) if rows is None else rows
    ended = rows.update(finished_at=now(), eta_seconds=None, **fields)
    if ended:
        transaction.on_commit(partial(stages.forget, run_id), robust=True)
        run = TrainingRun.objects.select_related("catalog").get(pk=run_id)
        RUNS_ENDED.labels(run.catalog.slug, run.state).inc()
        waiting = TrainingRun.objects.filter(catalog__training_runs=run_id, state=State.QUEUED)
        for waiting_id in waiting.values_list("pk", flat=True):
            _send_after_commit(waiting_id)
    return bool(ended)


def _send_after_commit(run_id: int) -> None:
    """Robust: if the broker is unavailable, the run stays queued and the sweep sends it later."""
    transaction.on_commit(lambda: queue.enqueue_training(run_id), robust=True)


def train_where_due() -> list[TrainingRun]:
    """Queue a run for every catalogue with enough new interactions."""
    runs = []
    for catalog in run_queries.catalogs_due():
        try:
            runs.append(request_training(catalog=catalog, trigger=TrainingRun.Trigger.SCHEDULE))
        except AppError:  # somebody else has just queued one
            continue
    return runs
