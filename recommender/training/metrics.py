"""What monitoring reads of queues, trainings and versions (`/metrics`)."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db.models import Count, Max, Min
from django.utils.timezone import now
from prometheus_client.core import GaugeMetricFamily, Metric

from config import task_queue, task_rules
from config.cache_backends import PatientRedisCache, server_answers
from recommender.models import Heartbeat, ModelVersion, TrainingRun


def states() -> Iterable[Metric]:
    """Four queries, and one question to the broker for each queue."""
    yield from _queues()
    yield from _runs()
    yield _live_versions()
    yield _heartbeats()


def _queues() -> Iterable[Metric]:
    if isinstance(caches[DEFAULT_CACHE_ALIAS], PatientRedisCache) and server_answers():
        found = GaugeMetricFamily("longtail_queue_length", "Waiting tasks.", labels=["queue"])
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
        is_open = state in (TrainingRun.State.QUEUED, TrainingRun.State.RUNNING)
        number.add_metric([state], n)
        age.add_metric([state], (now() - (first if is_open else last)).total_seconds())
    return number, age


def _live_versions() -> Metric:
    found = GaugeMetricFamily(
        "longtail_live_version", "Number of the live version.", labels=["catalog"]
    )
    live = ModelVersion.objects.filter(state=ModelVersion.State.LIVE)
    for slug, number in live.values_list("catalog__slug", "number"):
        found.add_metric([slug], number)
    return found


def _heartbeats() -> Metric:
    found = GaugeMetricFamily(
        "longtail_heartbeat_age_seconds",
        "Seconds since a process was seen.",
        labels=["process"],
    )
    for name, seen_at in Heartbeat.objects.values_list("name", "seen_at"):
        found.add_metric([name], (now() - seen_at).total_seconds())
    return found
