"""Training runs from the request to the end. The database settles every race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Catalog
from config.errors import AppError
from recommender.models import TrainingRun
from recommender.training import queue, run_queries

State = TrainingRun.State


LOST_AFTER = timedelta(seconds=60)
"""The parent process writes a heartbeat every 2 s. A run without thirty of them is lost."""


MOST_ATTEMPTS = 4
FIRST_REST = timedelta(seconds=30)
"""Before the second attempt of a run that the database ended; twice as long before each later."""


SEND_AGAIN_AFTER = timedelta(minutes=2)
"""While no training runs, a worker takes a message at once. After this time it counts as lost."""


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


def claim_run(*, run_id: int) -> TrainingRun | None:
    """Take a queued run. None if another process has it, or another run of its catalogue runs."""
    try:
        with transaction.atomic():
            may_begin = Q(retry_at__isnull=True) | Q(retry_at__lte=now())
            waiting = TrainingRun.objects.filter(may_begin, pk=run_id, state=State.QUEUED)
            claimed = waiting.update(
                state=State.RUNNING,
                started_at=now(),
                heartbeat_at=now(),
                retry_at=None,
                attempts=F("attempts") + 1,
                error="",
            )
    except IntegrityError:
        return None
    return TrainingRun.objects.select_related("catalog").get(pk=run_id) if claimed else None


def beat(*, run_id: int) -> bool:
    """Write a heartbeat. False if the run is no longer running: its process must stop."""
    return bool(
        TrainingRun.objects.filter(pk=run_id, state=State.RUNNING).update(heartbeat_at=now())
    )


def report_progress(*, run_id: int, stage: str, fraction: float, eta: float | None = None) -> bool:
    """Write a run's progress. False if it is no longer running."""
    running = TrainingRun.objects.filter(pk=run_id, state=State.RUNNING)
    return bool(
        running.update(stage=stage[:60], fraction=fraction, eta_seconds=eta, heartbeat_at=now())
    )


def finish_run(
    *,
    run_id: int,
    fingerprint: str,
    seconds: dict[str, float] | None = None,
    skipped: bool = False,
    warnings: Sequence[Mapping[str, str]] = (),
) -> TrainingRun:
    """Mark a running run as succeeded or skipped.

    Raises:
        AppError: ``training_lost`` (409) if it was failed meanwhile.
    """
    ended = _end(run_id, [State.RUNNING], state=State.SKIPPED if skipped else State.SUCCEEDED,
                 fraction=1.0, fingerprint=fingerprint, seconds=seconds or {},
                 warnings=list(warnings))  # fmt: skip
    if not ended:
        raise AppError(
            "training_lost", _("This training run was abandoned before it finished."), 409
        )
    return TrainingRun.objects.get(pk=run_id)


def fail_run(*, run_id: int, error: str) -> bool:
    """Mark an open run as failed. False if it had ended: its outcome does not change."""
    return _end(run_id, [State.QUEUED, State.RUNNING], state=State.FAILED, error=error)


def cancel_run(*, run_id: int) -> TrainingRun:
    """Cancel a waiting or running run. The process that trains ends within seconds.

    Raises:
        AppError: ``training_over`` (409) if it is over already.
    """
    if not _end(run_id, [State.QUEUED, State.RUNNING], state=State.CANCELLED, retry_at=None):
        raise AppError("training_over", _("This training run is over already."), 409)
    return TrainingRun.objects.get(pk=run_id)


def put_off_run(*, run_id: int, error: str) -> bool:
    """Have a running run begin again later, after the cause outside has passed.

    It fails if it began ``MOST_ATTEMPTS`` times, or if another run of its catalogue waits. False if
    it had ended.
    """
    run = TrainingRun.objects.get(pk=run_id)
    if run.attempts < MOST_ATTEMPTS:
        rest = FIRST_REST * 2 ** max(0, run.attempts - 1)
        try:
            with transaction.atomic():
                return bool(
                    TrainingRun.objects.filter(pk=run_id, state=State.RUNNING).update(
                        state=State.QUEUED, error=error, retry_at=now() + rest, stage="", fraction=0
                    )
                )
        except IntegrityError:
            pass
    return fail_run(run_id=run_id, error=error)


def take_over(*, catalog: Catalog, force: bool = False) -> TrainingRun | None:
    """The catalogue's waiting run, claimed by this process; None if none waits or one runs."""
    waiting = TrainingRun.objects.filter(catalog=catalog, state=State.QUEUED)
    waiting.update(retry_at=None, **({"force": True} if force else {}))
    run = waiting.first()
    return None if run is None else claim_run(run_id=run.pk)


def sweep_lost_runs() -> int:
    """Fail runs without a heartbeat and resend queued ones. Returns how many failed."""
    silent = TrainingRun.objects.filter(state=State.RUNNING, heartbeat_at__lt=now() - LOST_AFTER)
    lost = [run_id for run_id in silent.values_list("pk", flat=True) if _fail_if_silent(run_id)]
    _send_forgotten()
    return len(lost)


def _fail_if_silent(run_id: int) -> bool:
    return _end(
        run_id,
        [State.RUNNING],
        heartbeat_before=now() - LOST_AFTER,
        state=State.FAILED,
        error=_("The worker stopped."),
    )


def _send_forgotten() -> None:
    """Resend runs that were queued too long while none ran. Twice is harmless: one claim wins."""
    if TrainingRun.objects.filter(state=State.RUNNING).exists():
        return
    long_enough = Q(retry_at__isnull=True, created_at__lt=now() - SEND_AGAIN_AFTER)
    waiting = TrainingRun.objects.filter(long_enough | Q(retry_at__lte=now()), state=State.QUEUED)
    for run_id in waiting.values_list("pk", flat=True):
        queue.enqueue_training(run_id)


def _end(run_id: int, states: Sequence[str], heartbeat_before: Any = None, **fields: Any) -> bool:
    """End a run if it is in one of ``states``, then send the catalogue's queued run."""
    rows = TrainingRun.objects.filter(pk=run_id, state__in=states)
    if heartbeat_before is not None:
        rows = rows.filter(heartbeat_at__lt=heartbeat_before)
    ended = rows.update(finished_at=now(), eta_seconds=None, **fields)
    if ended:
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
