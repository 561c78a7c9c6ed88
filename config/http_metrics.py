"""Django's figures by view and method, with a bound on the methods."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django_prometheus.middleware import PrometheusAfterMiddleware


class HttpMetrics(PrometheusAfterMiddleware):
    """Counts methods that HTTP does not know as one.

    The library does so for all figures but the latency, where a client could make a new series with
    every request.
    """

    def label_metric(
        self, metric: Any, request: HttpRequest, response: Any = None, **labels: str
    ) -> Any:
        if "method" in labels:
            labels["method"] = self._method(request)
        return super().label_metric(metric, request, response, **labels)
