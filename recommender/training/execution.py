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
from recommender.engine.runtime.tf_cluster import Cluster
from recommender.engine.train import TrainingResult
from recommender.models import ModelVersion, TrainingRun
from recommender.training import (
    artifact_store,
    datasets,
    encoders,
    live_contender,
    promotion_gate,
    run_queries,
    runs,
    versions,
)
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
    try:
        _carry_out(run, ProgressReporter(run.pk))
    except AWAY as error:
        reason = str(error)
        outlasting(lambda: runs.put_off_run(run_id=run.pk, error=reason))
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        outlasting(lambda: runs.fail_run(run_id=run.pk, error=reason))
        raise
    finally:
        outlasting(run.refresh_from_db)
    return run


def _carry_out(run: TrainingRun, progress: ProgressReporter) -> None:
    progress("reading", 0.0)
    outlasting(lambda: suspects.mark_suspects(catalog=run.catalog))
    data = outlasting(lambda: datasets.load(run.catalog, reader=encoders.fingerprint()))
    newest = partial(run_queries.newest_of, run.catalog, data.fingerprint, quick=run.quick)
    if not run.force and outlasting(newest):
        outlasting(
            lambda: runs.finish_run(run_id=run.pk, fingerprint=data.fingerprint, skipped=True)
        )
        return
    within = progress.between(READ, TRAINED)
    result = _train(data, run.catalog, run.seed, within, quick=run.quick)
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
            seconds=result.seconds,
            warnings=result.warnings,
        )
    )


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
    _train(datasets.load(catalog, reader=encoders.fingerprint()), catalog, seed, progress)


def _train(
    data: CatalogData, catalog: Catalog, seed: int, progress: Progress, *, quick: bool = False
) -> TrainingResult:
    if not data.dataset.n_items:
        raise AppError("catalog_empty", _("There are no items to train on."), 409)
    live = None if quick else outlasting(lambda: run_queries.live_version(catalog))
    return train.train(
        data.dataset,
        seed=seed,
        progress=progress,
        live=live_contender.contender_of(live),
        learn=not quick,
        evaluate=not quick,
        encoder=encoders.item_encoder(),
        cluster=Cluster.from_tf_config(settings.TF_CONFIG),
    )


def _publish(run: TrainingRun, data: CatalogData, result: TrainingResult) -> ModelVersion:
    """Write the artifact, then the row that points to it."""
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
