"""One training run, from the rows to the live version."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import Catalog
from catalog.profiles import suspects
from config.errors import AppError
from recommender.engine import train
from recommender.engine.data.errors import DataError
from recommender.engine.data.types import Progress, no_progress
from recommender.engine.runtime.part_done import followed_by
from recommender.engine.runtime.resuming import StageStore
from recommender.engine.runtime.tf_cluster import Cluster
from recommender.engine.train import TrainingResult
from recommender.models import ModelVersion, TrainingRun
from recommender.training import (
    artifact_store,
    datasets,
    encoders,
    failure_causes,
    live_contender,
    promotion_gate,
    run_queries,
    runs,
    stages,
    versions,
)
from recommender.training.dask_executor import on_cluster
from recommender.training.database_outage import AWAY, outlasting
from recommender.training.datasets import CatalogData
from recommender.training.progress import ProgressReporter
from recommender.training.promotion_gate import Verdict

READ, TRAINED = 0.05, 0.95
"""The fractions of the progress bar at which reading ends and writing begins."""


def carry_out(run: TrainingRun) -> TrainingRun:
    """Train a claimed run's catalogue in this process. Errors are written to the run.

    Returns:
        The finished run: succeeded, skipped or failed.
    """
    progress = ProgressReporter(run.pk, attempt=run.attempts)
    try:
        with followed_by(progress.part_done):
            _carry_out(run, progress)
    except AWAY as error:
        reason, attempt = str(error), run.attempts
        outlasting(lambda: runs.put_off_run(run_id=run.pk, error=reason, attempt=attempt))
        raise
    except Exception as error:
        reason, attempt = failure_causes.in_words(error), run.attempts
        outlasting(lambda: runs.fail_run(run_id=run.pk, error=reason, attempt=attempt))
        raise
    finally:
        outlasting(run.refresh_from_db)
    return run


def _carry_out(run: TrainingRun, progress: ProgressReporter) -> None:
    progress("reading", 0.0)
    reader = encoders.fingerprint()
    data = stages.read_data(run, reader, lambda: _read(run.catalog, reader))
    if not run.force and outlasting(partial(_is_known, run, data.fingerprint)):
        outlasting(
            lambda: runs.finish_run(
                run_id=run.pk, fingerprint=data.fingerprint, skipped=True, attempt=run.attempts
            )
        )
        return
    live = None if run.quick else outlasting(lambda: run_queries.live_version(run.catalog))
    within = progress.between(READ, TRAINED)
    store = stages.store_of(run, data, live and live.pk)
    result = _train(data, live, run.seed, within, quick=run.quick, store=store)
    progress("writing", TRAINED)
    version = outlasting(lambda: _publish(run, data, result))
    verdict = _verdict(run, result)
    outlasting(lambda: versions.pass_gate(version=version, verdict=verdict))
    if verdict.passed:
        outlasting(lambda: versions.promote(version=version))
    outlasting(lambda: versions.prune_artifacts(catalog=run.catalog))
    outlasting(
        lambda: runs.finish_run(
            run_id=run.pk,
            fingerprint=data.fingerprint,
            attempt=run.attempts,
            seconds=result.seconds,
            warnings=result.warnings,
        )
    )


def _read(catalog: Catalog, reader: str) -> CatalogData:
    outlasting(lambda: suspects.mark_suspects(catalog=catalog))
    return outlasting(lambda: datasets.load(catalog, reader=reader))


def _is_known(run: TrainingRun, fingerprint: str) -> bool:
    """Whether an earlier run's version was trained on this data."""
    newest = run_queries.newest_of(run.catalog, fingerprint, quick=run.quick)
    return newest is not None and newest.run_id != run.pk


def _verdict(run: TrainingRun, result: TrainingResult) -> Verdict:
    if run.quick:
        live = outlasting(lambda: run_queries.live_version(run.catalog))
        return promotion_gate.admit_quick(replaces_learnt=live is not None and not live.quick)
    return promotion_gate.evaluate(
        result.metrics, live=result.live_metrics, baseline=result.baseline_metrics
    )


def follow(*, catalog: Catalog, seed: int, progress: Progress = no_progress) -> None:
    """Compute this machine's share of a training that the cluster's first machine carries out.

    Nothing is stored.

    Raises:
        DataError: if TF_CONFIG names no other machine, or this one as the first.
    """
    cluster = Cluster.from_tf_config(settings.TF_CONFIG)
    if cluster.index == 0:
        raise DataError(f"TF_CONFIG: machine 0 of {cluster.workers} has nobody to follow")
    data = datasets.load(catalog, reader=encoders.fingerprint())
    _train(data, run_queries.live_version(catalog), seed, progress)


def _train(
    data: CatalogData,
    live: ModelVersion | None,
    seed: int,
    progress: Progress,
    *,
    quick: bool = False,
    store: StageStore | None = None,
) -> TrainingResult:
    if not data.dataset.n_items:
        raise AppError("catalog_empty", _("There are no items to train on."), 409)
    with on_cluster():
        return train.train(
            data.dataset,
            seed=seed,
            progress=progress,
            live=live_contender.contender_of(live),
            learn=not quick,
            evaluate=not quick,
            encoder=encoders.item_encoder(),
            cluster=Cluster.from_tf_config(settings.TF_CONFIG),
            store=store,
        )


def _publish(run: TrainingRun, data: CatalogData, result: TrainingResult) -> ModelVersion:
    """Write the artifact, then the row that points to it.

    An attempt that was killed after that has published the same.

    Raises:
        AppError: ``training_lost`` (409) if another process has the run.
    """
    if version := ModelVersion.objects.filter(run=run).select_related("catalog").first():
        return version
    if not runs.beat(run_id=run.pk, attempt=run.attempts):
        raise AppError(
            "training_lost", _("This training run was abandoned before it finished."), 409
        )
    number = versions.next_number(catalog=run.catalog)
    folder = artifact_store.folder_name(run.catalog.slug, number, data.fingerprint)
    metrics = plain(
        {
            "ours": result.metrics,
            "live": result.live_metrics or {},
            "baseline": result.baseline_metrics,
        }
    )
    report = plain({**result.report, **_sizes(data)})
    about = {
        "fingerprint": data.fingerprint,
        "seed": run.seed,
        "metrics": metrics,
        "report": report,
        "created": _now(),
    }
    artifact_store.write(
        Path(settings.ARTIFACTS_DIR) / folder, result.recommender, data.item_pks, about
    )
    return versions.publish_version(
        run=run,
        number=number,
        folder=folder,
        fingerprint=data.fingerprint,
        blend=plain(result.blend.as_dict()),
        metrics=metrics,
        report={**report, "encoder": encoders.fingerprint()},
        warnings=result.warnings,
    )


def _sizes(data: CatalogData) -> dict[str, int]:
    log = data.dataset.log
    return {"items": data.dataset.n_items, "people": data.dataset.n_users, "interactions": len(log)}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def plain(value: Any) -> Any:
    """JSON that every database accepts: no numpy numbers, None for NaN."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
