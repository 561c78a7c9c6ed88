"""Reads training runs and model versions, and finds the catalogues that are due for training."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from accounts.models import Erasure
from catalog.models import Catalog, ExcludedReason, Interaction, Profile
from catalog.models.suspects import of_people
from recommender.models import ItemEncoding, ModelVersion, RemovedItem, TrainingRun

LEAST_NEW_INTERACTIONS = 50
"""Enough to change lists, and enough that a small catalogue does not train all day."""


LEAST_CHANGED = 50
"""Items that came, changed or went. Serving processes know them before; other parts of the model do
not."""


RETAINED_VERSIONS = 3
"""Newest versions whose artifacts stay on disk, besides the live and the former one."""


NEW_SHARE = 0.05
"""Share of what the version was trained on, if that is more than the least number."""


LONGEST_REST = timedelta(hours=1)
"""No run is put off for longer. What lies later was written by a clock that has gone back."""

REST_AFTER_FAILURE = timedelta(hours=6)
"""The cause of a failure rarely disappears by itself."""


ERASURES_WAIT = timedelta(days=1)
"""With the schedule on, a training without the erased data begins after this time at the latest."""


SCHEDULED_TRAINING = "train-where-enough-is-new"


OPEN = (TrainingRun.State.QUEUED, TrainingRun.State.RUNNING)


def runs(catalog: Catalog) -> QuerySet[TrainingRun]:
    """Newest first, each with its version if it has one."""
    return catalog.training_runs.select_related("version", "catalog", "requested_by").order_by(
        "-pk"
    )


def open_run(catalog: Catalog) -> TrainingRun | None:
    """The running run, else the queued one."""
    return runs(catalog).filter(state__in=OPEN).order_by("-state").first()


def may_begin() -> Q:
    """Queued runs whose rest is over."""
    return Q(state=TrainingRun.State.QUEUED) & (Q(retry_at=None) | _rested())


def _rested() -> Q:
    """Runs that were put off long enough. A clock that went back makes no rest longer."""
    return Q(retry_at__lte=now()) | Q(retry_at__gt=now() + LONGEST_REST)


def waiting_in_turn(since: datetime | None = None) -> list[int]:
    """Runs that may begin; the catalogue whose last training began the longest ago comes first.

    So a catalogue that is trained every few minutes does not hold up the others. A run that goes on
    after a kill keeps its place.

    Args:
        since: only those that may begin since then or earlier.
    """
    others = TrainingRun.objects.filter(catalog=OuterRef("catalog")).exclude(pk=OuterRef("pk"))
    is_busy = Exists(others.filter(state=TrainingRun.State.RUNNING))
    last = others.order_by().values("catalog").annotate(last=Max("started_at")).values("last")
    waiting = TrainingRun.objects.filter(may_begin()).exclude(is_busy)
    if since is not None:
        long_ago = Q(created_at__lt=since) | Q(created_at__gt=now() + LONGEST_REST)
        waiting = waiting.filter(Q(retry_at=None) & long_ago | _rested())
    in_turn = waiting.order_by(F("last_began").asc(nulls_first=True), "created_at", "pk")
    return list(in_turn.annotate(last_began=Subquery(last)).values_list("pk", flat=True))


def progress_of(run_id: int) -> tuple[str, datetime | None]:
    """Stage and time of the latest progress."""
    row = TrainingRun.objects.filter(pk=run_id).values_list("stage", "progress_at").first()
    return row or ("", None)


def versions(catalog: Catalog) -> QuerySet[ModelVersion]:
    """Newest first."""
    return catalog.model_versions.select_related("run", "catalog").order_by("-number")


def live_version(catalog: Catalog) -> ModelVersion | None:
    live = catalog.model_versions.filter(state=ModelVersion.State.LIVE)
    return live.select_related("catalog").first()


def former_versions(catalog: Catalog) -> QuerySet[ModelVersion]:
    """Versions that were live before, the latest first."""
    retired = catalog.model_versions.filter(
        state=ModelVersion.State.RETIRED, promoted_at__isnull=False
    )
    return retired.select_related("catalog").order_by("-promoted_at", "-number")


def newest_of(catalog: Catalog, fingerprint: str, *, quick: bool = True) -> ModelVersion | None:
    """The live or the newest version, if it was trained on this data and can be read.

    ``quick``: whether one without learnt weights counts.
    """
    counted = catalog.model_versions.order_by("-number").select_related("catalog")
    counted = counted if quick else counted.filter(quick=False)
    live, newest = counted.filter(state=ModelVersion.State.LIVE), counted.filter(damage="")
    candidates = (live.first(), newest.first())
    return next((one for one in candidates if one and one.fingerprint == fingerprint), None)


def superseded_versions(catalog: Catalog) -> QuerySet[ModelVersion]:
    """Versions whose artifacts may be deleted."""
    retained = versions_to_retain(catalog, newest=RETAINED_VERSIONS)
    return catalog.model_versions.exclude(pk__in=retained).exclude(folder="")


def versions_to_retain(catalog: Catalog, *, newest: int) -> set[int]:
    """Pks of the live version, the former and the ``newest`` ones."""
    retained = set(versions(catalog).values_list("pk", flat=True)[:newest])
    retained.update(former_versions(catalog).values_list("pk", flat=True)[:1])
    retained.update(
        catalog.model_versions.filter(state=ModelVersion.State.LIVE).values_list("pk", flat=True)
    )
    return retained


def read_interactions(catalog: Catalog) -> QuerySet[Interaction]:
    """The interactions that trainings read, dislikes and refunds among them.

    Excluded are people who turned personal lists off, profiles that act like programs, and items
    that a person excluded as reasons.
    """
    without_profiling = (
        Profile.objects.filter(catalog=catalog, personal=False).order_by().values("pk")
    )
    rows = Interaction.objects.filter(of_people(), catalog=catalog)
    excluded = ExcludedReason.objects.filter(profile=OuterRef("profile"), item=OuterRef("item"))
    return rows.exclude(profile_id__in=without_profiling).exclude(Exists(excluded))


def interactions_since(version: ModelVersion | None, catalog: Catalog) -> int:
    """How many more interactions there are than the version was trained on."""
    trained_on = int(version.report.get("interactions", 0)) if version else 0
    return read_interactions(catalog).count() - trained_on


def catalogs_due() -> list[Catalog]:
    """Catalogues without an open run that a training is due for; see ``due_reasons``."""
    idle = Catalog.objects.exclude(training_runs__state__in=OPEN)
    return [catalog for catalog in idle if rests_until(catalog) is None and due_reasons(catalog)]


def rests_until(catalog: Catalog) -> datetime | None:
    """Until when the schedule waits after a failure; None if it does not wait.

    Staff and programs can train meanwhile. A training that succeeds ends the rest.
    """
    states = (TrainingRun.State.FAILED, TrainingRun.State.SUCCEEDED)
    ended = catalog.training_runs.filter(state__in=states, finished_at__isnull=False)
    last = ended.order_by("-finished_at").first()
    if last is None or last.finished_at is None or last.state != TrainingRun.State.FAILED:
        return None
    end = last.finished_at + REST_AFTER_FAILURE
    return end if now() < end <= now() + REST_AFTER_FAILURE else None


def due_reasons(catalog: Catalog) -> list[str]:
    """Why a training is due, each in one line; empty if none is.

    Enough new interactions, enough items that came, changed or went, weights that were never
    learnt, or an erasure that waited long enough. Quick versions count while there is no other.
    """
    newest = versions(catalog).order_by("quick", "-number").first()
    trained_on = newest.report if newest else {}
    fresh = interactions_since(newest, catalog)
    enough = _enough(LEAST_NEW_INTERACTIONS, trained_on.get("interactions", 0))
    reasons = []
    if fresh >= enough:
        reasons.append(_("new interactions: %(n)s (due from %(enough)s on)") % _both(fresh, enough))
    changed, enough = changed_items(newest), _enough(LEAST_CHANGED, trained_on.get("items", 0))
    if changed >= enough:
        text = _("items that came, changed or went: %(n)s (due from %(enough)s on)")
        reasons.append(text % _both(changed, enough))
    if newest and newest.quick:
        reasons.append(_("there are only quick versions, without learnt weights"))
    if erasures_overdue(catalog).exists():
        reasons.append(_("a person’s data were erased a day ago or earlier"))
    return reasons


def changed_items(version: ModelVersion | None) -> int:
    """How many items came, changed or went since the version's training read them."""
    if version is None:
        return 0
    since, catalog = trained_from(version), version.catalog
    changed = ItemEncoding.objects.filter(catalog=catalog, changed_at__gte=since)
    removed = RemovedItem.objects.filter(catalog=catalog, removed_at__gte=since)
    return changed.count() + removed.count()


def _enough(least: int, trained_on: float) -> int:
    return max(least, ceil(NEW_SHARE * float(trained_on)))


def _both(n: int, enough: int) -> dict[str, int]:
    return {"n": n, "enough": enough}


def trained_from(version: ModelVersion) -> datetime:
    """When the version's training began to read. Data that was erased later may be in it."""
    run = version.run
    return (run and (run.data_at or run.started_at)) or version.created_at


def erasures_overdue(catalog: Catalog) -> QuerySet[Erasure]:
    """Erasures of events that have waited long enough for a training without them.

    A skipped training counts too: the erased events were not in its data.
    """
    over = (TrainingRun.State.SUCCEEDED, TrainingRun.State.SKIPPED)
    began = Max(Coalesce("data_at", "started_at"))
    last = catalog.training_runs.filter(state__in=over).aggregate(last=began)["last"]
    waiting = Erasure.objects.filter(place=catalog.slug, rows__has_key=Interaction._meta.label)
    waiting = waiting.filter(created_at__lt=now() - ERASURES_WAIT)
    return waiting.filter(created_at__gt=last) if last else waiting.none()


def erasure_due(erased_at: datetime) -> datetime | None:
    """When a training follows an erasure at the latest. None if no schedule is on."""
    scheduled = PeriodicTask.objects.filter(name=SCHEDULED_TRAINING, enabled=True).exists()
    return erased_at + ERASURES_WAIT if scheduled else None
