"""`/metrics`: what all processes of this machine counted, then states that are read when asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

import prometheus_client
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from config import health, metric_files
from config.monitoring import for_monitoring
from config.version import product_version

logger = logging.getLogger(__name__)

_states: list[Callable[[], Iterable[Metric]]] = []


def register(states: Callable[[], Iterable[Metric]]) -> None:
    """Add figures that are read from the database or the broker when somebody asks."""
    if states not in _states:
        _states.append(states)


class _States(Collector):
    def collect(self) -> Iterable[Metric]:
        yield _build()
        yield _services()
        try:
            for states in _states:
                yield from states()
        except (OperationalError, InterfaceError) as error:
            logger.warning("The database does not answer; its figures are left out: %s", error)


def _build() -> Metric:
    found = GaugeMetricFamily("longtail_build_info", "1, with the version.", labels=["version"])
    found.add_metric([product_version()], 1)
    return found


def _services() -> Metric:
    found = GaugeMetricFamily(
        "longtail_service_up", "1 if the service answers, as in /readyz.", labels=["service"]
    )
    for name, (word, _details) in health.states().items():
        found.add_metric([name], word == health.OK)
    return found


@for_monitoring
def metrics(request: HttpRequest) -> HttpResponse:
    """The same figures whichever process answers."""
    states = CollectorRegistry()
    states.register(_States())
    counts = metric_files.registry() or prometheus_client.REGISTRY
    page = b"".join(prometheus_client.generate_latest(each) for each in (counts, states))
    return HttpResponse(page, content_type=prometheus_client.CONTENT_TYPE_LATEST)
