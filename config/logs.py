"""Logs: one record a line, as JSON (`LOG_FORMAT=json`) or to read (`plain`).

Our own records, Django's, Celery's, Gunicorn's and those of other libraries all pass through one
chain. It adds what the process is about (request, catalogue, run, task) and takes out personal
data. docs/how-to/monitor.md lists the fields.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter

from config import env
from config.log_privacy import DROPPED, masked, without_personal_data

JSON, PLAIN = "json", "plain"
PRODUCTION = "config.settings.production"

ABOUT = "longtail.request"
"""The key in WSGI's environment under which the web server's log finds what a request is about."""

OURS = frozenset({"timestamp", "level", "logger", "request_id", "catalog", "method", "route"})
"""Fields that hold no text of others."""

Event = MutableMapping[str, Any]


def chosen_format(settings_module: str) -> str:
    """`LOG_FORMAT`; without it JSON in production, and plain on one machine."""
    usual = JSON if settings_module == PRODUCTION else PLAIN
    return env.choice("LOG_FORMAT", usual, (JSON, PLAIN))


def formatter(form: str = PLAIN) -> ProcessorFormatter:
    """For any handler of Python's logging."""
    return ProcessorFormatter(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            _described,
            structlog.processors.JSONRenderer(ensure_ascii=False) if form == JSON else _plain,
        ]
    )


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING. structlog's own loggers write through the same handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(form == JSON)
    console = {
        "class": "logging.StreamHandler",
        "formatter": "ours",
        "filters": ["once"],
    }
    through_root = {"handlers": [], "propagate": True}  # in place of Django's own handlers
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": "config.logs.formatter", "form": form}},
        "filters": {"once": {"()": "config.logs.Once"}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": through_root, "django.server": through_root},
    }


class Once(logging.Filter):
    """Leaves out what the lines of requests say already, and with raw addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name not in ("django.request", "django.server")


def _described(logger: Any, method: str, event: Event) -> Event:
    """The common fields first, then what the record has of its own, without personal data."""
    record: logging.LogRecord = event.pop("_record")
    event.pop("_from_structlog", None)
    if request := getattr(record, "request", None):
        event["event"] = _without_path(str(event["event"]), request)
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found = {
        "timestamp": moment,
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": masked(str(event.pop("event"))),
    }
    for name, value in event.items():
        if name in OURS:
            found.setdefault(name, value)
        elif name not in DROPPED:
            found.setdefault(name, without_personal_data(value))
    return found


def _without_path(text: str, request: Any) -> str:
    """Django's records name the address of a request: an id in it may be a person's."""
    for path in (request.get_full_path(), request.path):
        if len(path) > 1:
            text = text.replace(path, route_of(request))
    return text


def route_of(request: Any) -> str:
    """The pattern of a request's address, such as ``c/<slug:slug>/``; empty without one."""
    match = getattr(request, "resolver_match", None)
    return match.route if match else ""


def _plain(logger: Any, method: str, event: Event) -> str:
    exception = event.pop("exception", "")
    head = (event.pop("timestamp"), event.pop("level").upper(), event.pop("logger"))
    text = event.pop("event")
    fields = (f"{name}={value}" for name, value in event.items() if value not in (None, ""))
    line = " ".join([*head, text, *fields])
    return f"{line}\n{exception}" if exception else line
