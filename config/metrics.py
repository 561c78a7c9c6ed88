"""Figures for Prometheus. All web processes count together; states are read when asked for."""

from __future__ import annotations

import os
from collections import Counter as Tally
from collections.abc import Callable, Iterable

import prometheus_client
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry

from config.monitoring import for_monitoring

EVENTS = Counter("longtail_events", "Events that were recorded, by kind.", ["kind"])
LISTS = Counter(
    "longtail_lists", "Lists that were made, by fallback; none: made by the model.", ["fallback"]
)

_states: list[Callable[[], Iterable[Metric]]] = []


def register(states: Callable[[], Iterable[Metric]]) -> None:
    """Add figures that are read from the database or the broker when somebody asks."""
    if states not in _states:
        _states.append(states)


def count_events(kinds: Iterable[str]) -> None:
    for kind, number in Tally(kinds).items():
        EVENTS.labels(kind).inc(number)


class _States(Collector):
    def collect(self) -> Iterable[Metric]:
        for states in _states:
            yield from states()


@for_monitoring
def metrics(request: HttpRequest) -> HttpResponse:
    """The same counts whichever process answers, then the states."""
    counts = prometheus_client.REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counts = CollectorRegistry()
        MultiProcessCollector(counts)
    states = CollectorRegistry()
    states.register(_States())
    page = b"".join(prometheus_client.generate_latest(each) for each in (counts, states))
    return HttpResponse(page, content_type=prometheus_client.CONTENT_TYPE_LATEST)
