"""What Longtail counts for Prometheus; docs/how-to/monitor.md lists all figures.

Labels have few values: catalogues, kinds, components, tasks; never people, items or texts.
`config.metric_files` says where the processes of a machine count, `config.metrics_page` shows it.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import Counter, Histogram

EVENTS = Counter("longtail_events", "Events that were recorded.", ["catalog", "kind"])
NOT_RECORDED = Counter(
    "longtail_events_not_recorded",
    "Events that were not recorded. repeated: the event ID is known; refused: something is wrong.",
    ["catalog", "reason"],
)
LISTS = Counter(
    "longtail_lists",
    "Lists that were served; fallback none: by the model.",
    ["catalog", "fallback"],
)
PLACES = Counter(
    "longtail_list_places", "Items in served lists, by head or tail.", ["catalog", "popularity"]
)
SOURCES = Counter(
    "longtail_list_sources",
    "Items in served lists, by what proposed them; an item may have several sources.",
    ["catalog", "source"],
)
CACHE_REQUESTS = Counter("longtail_cache_requests", "Questions to a cache.", ["cache", "outcome"])
ARTIFACT_LOADS = Counter(
    "longtail_artifact_loads", "Model versions that were read.", ["catalog", "outcome"]
)
ARTIFACT_SECONDS = Histogram(
    "longtail_artifact_load_seconds",
    "Time to read a model version and verify its checksums.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
DATABASE_ERRORS = Counter(
    "longtail_database_errors", "Questions that the database did not answer.", ["error"]
)
TASKS_SENT = Counter("longtail_tasks_sent", "Tasks that were sent to the workers.", ["task"])
TASKS = Counter("longtail_tasks", "Tasks that ended.", ["task", "outcome"])
TASK_SECONDS = Histogram(
    "longtail_task_seconds",
    "Time that a task took.",
    ["task"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 10800, 21600),
)
RUNS_ENDED = Counter(
    "longtail_training_runs_ended", "Training runs that ended.", ["catalog", "state"]
)


def count_events(catalog: str, kinds: Iterable[str]) -> None:
    """Count recorded events; ``catalog``: its slug."""
    for kind, number in Tally(kinds).items():
        EVENTS.labels(catalog, kind).inc(number)


def count_not_recorded(catalog: str, reason: str, number: int = 1) -> None:
    """Count events that are ``repeated`` or ``refused``."""
    if number:
        NOT_RECORDED.labels(catalog, reason).inc(number)


def count_cache(cache: str, *, hit: bool) -> None:
    CACHE_REQUESTS.labels(cache, "hit" if hit else "miss").inc()
