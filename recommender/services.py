"""Every change to training runs, model versions and impressions; races are settled by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.dispatch import receiver
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Catalog, Profile
from catalog.signals import profiles_merged
from config import celery_app
from config.errors import AppError
from recommender import artifact_store, selectors
from recommender.gate import Verdict
from recommender.models import Impression, ModelVersion, TrainingRun

State = TrainingRun.State

#: A live supervisor gives a sign of life every 2 s; thirty missed ones are no hiccup.
LOST_AFTER = timedelta(seconds=60)
#: With no training running a worker takes a message at once: after this long it is taken for lost.
SEND_AGAIN_AFTER = timedelta(minutes=2)
#: Newest versions whose artifacts stay on disk, besides the live one and the former.
KEEP_VERSIONS = 3

# Training runs


def request_training(
    *, catalog: Catalog, trigger: str, user: User | None = None, seed: int = 0, force: bool = False, send: bool = True
) -> TrainingRun:
    """Queue a run; the task leaves after commit, unless the caller runs it itself (``send=False``).

    Raises:
        AppError: ``training_already_queued`` (409) when one waits already.
    """
    try:
        with transaction.atomic():
            run = TrainingRun.objects.create(
                catalog=catalog, trigger=trigger, requested_by=user, seed=seed, force=force
            )
    except IntegrityError as error:
        raise AppError("training_already_queued", _("A training of this catalogue waits already."), 409) from error
    if send:
        _send_after_commit(run.pk)
    return run


def claim_run(*, run_id: int) -> TrainingRun | None:
    """Take a queued run for this process; None when another has it or another run of its catalogue is running."""
    try:
        with transaction.atomic():
            claimed = TrainingRun.objects.filter(pk=run_id, state=State.QUEUED).update(
                state=State.RUNNING, started_at=now(), heartbeat_at=now()
            )
    except IntegrityError:
        return None
    return TrainingRun.objects.select_related("catalog").get(pk=run_id) if claimed else None


def beat(*, run_id: int) -> bool:
    """Give a sign of life; False when the run is no longer running: its process must stop."""
    return bool(TrainingRun.objects.filter(pk=run_id, state=State.RUNNING).update(heartbeat_at=now()))


def report_progress(*, run_id: int, stage: str, fraction: float, eta: float | None = None) -> bool:
    """Write how far a run is; False when it is no longer running."""
    running = TrainingRun.objects.filter(pk=run_id, state=State.RUNNING)
    return bool(running.update(stage=stage[:60], fraction=fraction, eta_seconds=eta, heartbeat_at=now()))


def finish_run(
    *, run_id: int, fingerprint: str, seconds: dict[str, float] | None = None, skipped: bool = False
) -> TrainingRun:
    """End a running run well.

    Raises:
        AppError: ``training_lost`` (409) when it was given up meanwhile.
    """
    ended = _end(run_id, [State.RUNNING], state=State.SKIPPED if skipped else State.SUCCEEDED,
                 fraction=1.0, fingerprint=fingerprint, seconds=seconds or {})  # fmt: skip
    if not ended:
        raise AppError("training_lost", _("This training was given up before it ended."), 409)
    return TrainingRun.objects.get(pk=run_id)


def fail_run(*, run_id: int, error: str) -> bool:
    """End an open run badly; False when it had ended already, whose outcome stays."""
    return _end(run_id, [State.QUEUED, State.RUNNING], state=State.FAILED, error=error)


def sweep_lost_runs() -> int:
    """Fail running runs without a sign of life and send waiting ones whose message is gone; returns how many failed."""
    silent = TrainingRun.objects.filter(state=State.RUNNING, heartbeat_at__lt=now() - LOST_AFTER)
    lost = [run_id for run_id in silent.values_list("pk", flat=True) if _fail_if_silent(run_id)]
    _send_forgotten()
    return len(lost)


def _fail_if_silent(run_id: int) -> bool:
    return _end(
        run_id, [State.RUNNING], heartbeat_before=now() - LOST_AFTER, state=State.FAILED, error=_("The worker stopped.")
    )


def _send_forgotten() -> None:
    """Send what has waited too long while no worker was busy; a message sent twice is harmless, one claim succeeds."""
    if TrainingRun.objects.filter(state=State.RUNNING).exists():
        return
    waiting = TrainingRun.objects.filter(state=State.QUEUED, created_at__lt=now() - SEND_AGAIN_AFTER)
    for run_id in waiting.values_list("pk", flat=True):
        _send(run_id)


def _end(run_id: int, states: Sequence[str], heartbeat_before: Any = None, **fields: Any) -> bool:
    """Close a run if it is still in one of ``states``, then let the next one of its catalogue go."""
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
    """Robust: with the broker away the run stays queued, and the sweep sends it when the broker is back."""
    transaction.on_commit(lambda: _send(run_id), robust=True)


def _send(run_id: int) -> None:
    """By name, so that services need not import tasks, which import services."""
    celery_app.signature("recommender.tasks.run_training", args=[run_id]).apply_async()


def train_where_due() -> list[TrainingRun]:
    """Queue a run for every catalogue with enough new interactions."""
    runs = []
    for catalog in selectors.catalogs_due():
        try:
            runs.append(request_training(catalog=catalog, trigger=TrainingRun.Trigger.SCHEDULE))
        except AppError:  # somebody else asked at this moment
            continue
    return runs


# Model versions


def publish_version(
    *,
    run: TrainingRun,
    number: int,
    folder: str,
    fingerprint: str,
    blend: dict[str, Any],
    metrics: dict[str, Any],
    report: dict[str, Any],
) -> ModelVersion:
    """Point a row at a complete artifact; it is a candidate until it is promoted."""
    return ModelVersion.objects.create(
        catalog=run.catalog, run=run, number=number, folder=folder, fingerprint=fingerprint,
        blend=blend, metrics=metrics, report=report,
    )  # fmt: skip


def next_number(*, catalog: Catalog) -> int:
    """The number for the next version; a race for it is settled by the unique constraint."""
    return (catalog.model_versions.aggregate(highest=Max("number"))["highest"] or 0) + 1


def pass_gate(*, version: ModelVersion, verdict: Verdict) -> ModelVersion:
    """Write the gate's verdict to the version."""
    version.gate_passed, version.gate_reason = verdict.passed, verdict.reason
    version.save(update_fields=["gate_passed", "gate_reason"])
    return version


def promote(*, version: ModelVersion) -> ModelVersion:
    """Make a version the live one; the live one until now is retired. Promoting the live version changes nothing.

    Raises:
        AppError: ``artifact_damaged`` (409) when its files cannot be read; ``promotion_lost`` (409) when another
            version was promoted at the same moment.
    """
    if damage := artifact_store.damage_of(version.path):
        mark_damaged(version=version, damage=damage)
        raise AppError("artifact_damaged", _("The artifact of %(version)s cannot be read: %(damage)s")
                       % {"version": version, "damage": damage}, 409)  # fmt: skip
    try:
        with transaction.atomic():
            _make_live(version)
    except IntegrityError as error:
        raise AppError("promotion_lost", _("Another version was promoted at this moment."), 409) from error
    return ModelVersion.objects.select_related("catalog").get(pk=version.pk)


def _make_live(version: ModelVersion) -> None:
    """Two of these at once: the second to write meets ``one_live_version_per_catalog``."""
    live = ModelVersion.State.LIVE
    others = ModelVersion.objects.filter(catalog_id=version.catalog_id, state=live).exclude(pk=version.pk)
    others.update(state=ModelVersion.State.RETIRED)
    ModelVersion.objects.filter(pk=version.pk).exclude(state=live).update(state=live, promoted_at=now(), damage="")


def roll_back(*, catalog: Catalog) -> ModelVersion:
    """Make the former live version live again; versions that cannot be read are passed over.

    Raises:
        AppError: ``nothing_to_roll_back`` (409) when there is none.
    """
    for former in selectors.former_versions(catalog):
        if not artifact_store.damage_of(former.path):
            return promote(version=former)
    raise AppError("nothing_to_roll_back", _("There is no earlier version that could be made live."), 409)


def mark_damaged(*, version: ModelVersion, damage: str) -> bool:
    """Note why a version cannot be read; True the first time."""
    changed = ModelVersion.objects.filter(pk=version.pk).exclude(damage=damage).update(damage=damage)
    version.damage = damage
    return bool(changed)


def prune_artifacts(*, catalog: Catalog) -> list[ModelVersion]:
    """Delete the folders of old versions; their rows and figures stay. Returns the versions that lost theirs."""
    keep = selectors.versions_to_keep(catalog, newest=KEEP_VERSIONS)
    pruned = [version for version in catalog.model_versions.exclude(pk__in=keep) if version.path.exists()]
    for version in pruned:
        mark_damaged(version=version, damage=_("Deleted to save space when newer versions came."))
        artifact_store.remove(version.path)
    return pruned


# Impressions


Places = Sequence[tuple[int, Sequence[str]]]


def record_impressions(*, profile: Profile, version: ModelVersion | None, surface: str, places: Places) -> int:
    """Write what was shown, best first. ``places``: item pk and the sources that brought it."""
    return record_lists(profile=profile, version=version, lists={surface: places})


def record_lists(*, profile: Profile, version: ModelVersion | None, lists: Mapping[str, Places], first: int = 1) -> int:
    """Write what the lists of a page showed, by surface, in one insert; nothing of who wants no profile or is gone.

    ``first``: the position of their first places.
    """
    if not profile.personal:
        return 0
    shown = [
        Impression(
            profile_id=profile.pk,  # keys alone: a page writes a hundred rows
            item_id=item_id,
            version_id=version.pk if version else None,
            surface=surface,
            position=position,
            sources=list(sources),
        )
        for surface, places in lists.items()
        for position, (item_id, sources) in enumerate(places, start=first)
    ]
    try:
        return len(Impression.objects.bulk_create(shown))
    except IntegrityError:
        return 0


def forget_old_impressions() -> int:
    """Drop what was shown longer ago than it is kept; how many rows went."""
    before = now() - timedelta(days=settings.IMPRESSIONS_KEPT_DAYS)
    return Impression.objects.filter(created_at__lt=before).delete()[0]


@receiver(profiles_merged)
def move_impressions(*, source: Profile, target: Profile, **signal: Any) -> None:
    """Keep what a person was shown when an anonymous visit becomes part of an account."""
    Impression.objects.filter(profile=source).update(profile=target)
