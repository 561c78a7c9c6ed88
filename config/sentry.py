"""Reports of errors to a Sentry server: only with `SENTRY_DSN`, and without personal data.

https://docs.sentry.io/platforms/python/integrations/django/
"""

from __future__ import annotations

from typing import Any

from structlog.contextvars import get_contextvars

from config.log_privacy import without_personal_data

TAGS = ("request_id", "catalog", "run", "task", "task_id")


def start(*, dsn: str, environment: str, release: str) -> None:
    """Report errors of requests and tasks, and what is logged as one."""
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration
    from sentry_sdk.integrations.django import DjangoIntegration

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        send_client_reports=False,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(transaction_style="url"), CeleryIntegration()],
        before_send=before_send,  # type: ignore[arg-type]
        before_breadcrumb=before_breadcrumb,
    )


def before_send(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """The event without the request's address, headers and body, and without the command line."""
    method = event.pop("request", {}).get("method")
    event.get("extra", {}).pop("sys.argv", None)
    context = get_contextvars()
    sent: dict[str, Any] = without_personal_data(event)
    sent["tags"] = {
        **sent.get("tags", {}),
        **{name: str(context[name]) for name in TAGS if name in context},
    }
    return {**sent, "request": {"method": method}} if method else sent


def before_breadcrumb(crumb: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = without_personal_data(crumb)
    return cleaned
