"""Publishes, promotes, rolls back and prunes model versions."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Catalog
from config.errors import AppError
from recommender.models import ModelVersion, TrainingRun
from recommender.training import artifact_store, remote_artifacts, run_queries
from recommender.training.damaged_versions import mark_damaged
from recommender.training.promotion_gate import Verdict
from recommender.training.remote_artifacts import StoreAwayError

logger = logging.getLogger(__name__)


def publish_version(
    *,
    run: TrainingRun,
    number: int,
    folder: str,
    fingerprint: str,
    blend: dict[str, Any],
    metrics: dict[str, Any],
    report: dict[str, Any],
    warnings: Sequence[Mapping[str, str]] = (),
) -> ModelVersion:
    """Create the row of a complete artifact. It is a candidate until it is promoted."""
    return ModelVersion.objects.create(
        catalog=run.catalog, run=run, number=number, folder=folder, fingerprint=fingerprint,
        quick=run.quick, blend=blend, metrics=metrics, report=report, warnings=list(warnings),
    )  # fmt: skip


def next_number(*, catalog: Catalog) -> int:
    """The number of the next version. The unique constraint settles a race for it."""
    return (catalog.model_versions.aggregate(highest=Max("number"))["highest"] or 0) + 1


def pass_gate(*, version: ModelVersion, verdict: Verdict) -> ModelVersion:
    """Write the gate's verdict to the version."""
    version.gate_passed, version.gate_reason = verdict.passed, verdict.reason
    version.save(update_fields=["gate_passed", "gate_reason"])
    return version


def promote(*, version: ModelVersion) -> ModelVersion:
    """Make a version live and retire the live one. Promoting the live version changes nothing.

    Raises:
        AppError: ``artifact_damaged`` (409) if its files cannot be read; ``promotion_lost`` (409)
            if another version was promoted at the same moment; ``artifact_store_away`` (503).
    """
    if damage := _damage_of(version):
        mark_damaged(version=version, damage=damage)
        message = _("The artifact of %(version)s cannot be read: %(damage)s")
        raise AppError("artifact_damaged", message % {"version": version, "damage": damage}, 409)
    try:
        with transaction.atomic():
            _make_live(version)
    except IntegrityError as error:
        raise AppError(
            "promotion_lost", _("Another version was promoted at the same time."), 409
        ) from error
    return ModelVersion.objects.select_related("catalog").get(pk=version.pk)


def _damage_of(version: ModelVersion) -> str:
    try:
        return artifact_store.damage_of(version.path)
    except StoreAwayError as error:
        message = _("The artifact store does not answer: %(error)s")
        raise AppError("artifact_store_away", message % {"error": error}, 503) from error


def _make_live(version: ModelVersion) -> None:
    """Promotions of a catalogue come one after the other.

    Without the lock, three at once wait for each other's rows in a circle. Whoever promotes without
    it violates ``one_live_version_per_catalog``.
    """
    Catalog.objects.select_for_update(no_key=True).get(pk=version.catalog_id)
    live = ModelVersion.State.LIVE
    others = ModelVersion.objects.filter(catalog_id=version.catalog_id, state=live).exclude(
        pk=version.pk
    )
    others.update(state=ModelVersion.State.RETIRED)
    ModelVersion.objects.filter(pk=version.pk).exclude(state=live).update(
        state=live, promoted_at=now(), damage=""
    )


def roll_back(*, catalog: Catalog) -> ModelVersion:
    """Make the former live version live again. Versions that cannot be read are skipped.

    Raises:
        AppError: ``nothing_to_roll_back`` (409) if there is none; ``artifact_store_away`` (503).
    """
    for former in run_queries.former_versions(catalog):
        if not _damage_of(former):
            return promote(version=former)
    raise AppError("nothing_to_roll_back", _("There is no earlier version to roll back to."), 409)


def prune_artifacts(*, catalog: Catalog) -> list[ModelVersion]:
    """Delete the folders of old versions, here and in the store. Their rows and metrics stay.

    What cannot be deleted because the store is away is deleted after a later training.

    Returns:
        The versions whose folders were deleted.
    """
    stored = _stored(catalog)
    pruned = [
        version
        for version in run_queries.superseded_versions(catalog)
        if version.path.exists() or version.path.name in stored
    ]
    for version in pruned:
        mark_damaged(
            version=version, damage=_("Deleted to save space after newer versions were trained.")
        )
        if version.path.name in stored:
            _remove_stored(version)
        artifact_store.remove(version.path)
    return pruned


def _stored(catalog: Catalog) -> set[str]:
    try:
        return remote_artifacts.versions_of(catalog.slug)
    except StoreAwayError as error:
        logger.warning("old versions stay in the store: %s", error)
        return set()


def _remove_stored(version: ModelVersion) -> None:
    try:
        remote_artifacts.remove(version.path)
    except StoreAwayError as error:
        logger.warning("%s stays in the store: %s", version, error)
