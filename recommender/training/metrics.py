"""What monitoring reads of queues, trainings, versions and disks (`/metrics`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db.models import Count, Max, Min, OuterRef, Subquery
from django.utils.timezone import now
from prometheus_client.core import GaugeMetricFamily, Metric

from catalog.models import Catalog
from config import task_queue, task_rules
from config.cache_backends import PatientRedisCache, server_answers
from recommender.models import Heartbeat, ModelVersion, TrainingRun
from recommender.training import run_queries

State = TrainingRun.State


def states() -> Iterable[Metric]:
    """Five queries, and one question to the broker for each queue."""
    yield from _disks()
    yield from _queues()
    yield from _runs()
    yield from _running()
    yield from _last_runs()
    yield from _live_versions()
    yield _heartbeats()


def _disks() -> Iterable[Metric]:
    free = GaugeMetricFamily(
        "longtail_disk_free_bytes", "Free space where the folder lies.", labels=["folder"]
    )
    size = GaugeMetricFamily(
        "longtail_disk_size_bytes", "Size of the disk where the folder lies.", labels=["folder"]
    )
    for name, folder in (("var", settings.VAR_DIR), ("artifacts", settings.ARTIFACTS_DIR)):
        try:
            disk = shutil.disk_usage(folder)
        except OSError:  # the first training makes it
            continue
        free.add_metric([name], disk.free)
        size.add_metric([name], disk.total)
    return free, size


def _queues() -> Iterable[Metric]:
    found = GaugeMetricFamily("longtail_queue_length", "Waiting tasks.", labels=["queue"])
    if isinstance(caches[DEFAULT_CACHE_ALIAS], PatientRedisCache) and server_answers():
        for queue in task_rules.QUEUES:
            found.add_metric([queue], task_queue.length(queue))
    yield found


def _runs() -> Iterable[Metric]:
    number = GaugeMetricFamily("longtail_training_runs", "Training runs.", labels=["state"])
    age = GaugeMetricFamily(
        "longtail_training_run_age_seconds",
        "Age of the newest run of a state; of those that are open, of the oldest.",
        labels=["state"],
    )
    counted = TrainingRun.objects.order_by().values_list("state")
    for state, n, first, last in counted.annotate(
        Count("pk"), Min("created_at"), Max("created_at")
    ):
        is_open = state in (State.QUEUED, State.RUNNING)
        number.add_metric([state], n)
        age.add_metric([state], (now() - (first if is_open else last)).total_seconds())
    return number, age


def _running() -> Iterable[Metric]:
    done = GaugeMetricFamily(
        "longtail_training_progress_ratio",
        "How much of a running training is done, 0 to 1.",
        labels=["catalog", "stage"],
    )
    seconds = GaugeMetricFamily(
        "longtail_training_running_seconds",
        "Time since a running training began.",
        labels=["catalog"],
    )
    for run in TrainingRun.objects.filter(state=State.RUNNING).select_related("catalog"):
        done.add_metric([run.catalog.slug, run.stage], run.fraction)
        if run.started_at:
            seconds.add_metric([run.catalog.slug], (now() - run.started_at).total_seconds())
    return done, seconds


def _last_runs() -> Iterable[Metric]:
    failed = GaugeMetricFamily(
        "longtail_training_last_failed",
        "1 if the last training that ended had failed.",
        labels=["catalog"],
    )
    seconds = GaugeMetricFamily(
        "longtail_training_stage_seconds",
        "Time of each stage of the last training that succeeded.",
        labels=["catalog", "stage"],
    )
    ended = TrainingRun.objects.filter(catalog=OuterRef("pk"), finished_at__isnull=False)
    ended = ended.order_by("-finished_at")
    last = Catalog.objects.order_by().annotate(
        last=Subquery(ended.filter(state__in=(State.SUCCEEDED, State.FAILED)).values("state")[:1]),
        stages=Subquery(ended.filter(state=State.SUCCEEDED).values("seconds")[:1]),
    )
    for slug, state, stages in last.values_list("slug", "last", "stages"):
        if state:
            failed.add_metric([slug], state == State.FAILED)
        for stage, each in (stages or {}).items():
            seconds.add_metric([slug, stage], each)
    return failed, seconds


def _live_versions() -> Iterable[Metric]:
    number, age, damaged = (
        GaugeMetricFamily(f"longtail_live_version{name}", says, labels=["catalog"])
        for name, says in (
            ("", "Number of the live version."),
            ("_age_seconds", "Time since the live version's training began to read."),
            ("_damaged", "1 if the live version's artifact cannot be read."),
        )
    )
    live = ModelVersion.objects.filter(state=ModelVersion.State.LIVE)
    for version in live.select_related("catalog", "run").defer("report", "metrics", "blend"):
        slug = [version.catalog.slug]
        number.add_metric(slug, version.number)
        age.add_metric(slug, (now() - run_queries.trained_from(version)).total_seconds())
        damaged.add_metric(slug, bool(version.damage))
    return number, age, damaged


def _heartbeats() -> Metric:
    found = GaugeMetricFamily(
        "longtail_heartbeat_age_seconds",
        "Seconds since a process was seen.",
        labels=["process"],
    )
    for name, seen_at in Heartbeat.objects.values_list("name", "seen_at"):
        found.add_metric([name], (now() - seen_at).total_seconds())
    return found
