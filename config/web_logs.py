"""Gunicorn's logs in our format: one line a request, without address, query or client."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import structlog
from gunicorn.glogging import Logger
from structlog.stdlib import ProcessorFormatter

from config import env, logs
from config.entry import SETTINGS


class WebLogger(Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        module = env.text(SETTINGS, logs.PRODUCTION)  # as in wsgi.py
        ours = logs.formatter(logs.chosen_format(module))
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(ours)
        self.requests = structlog.wrap_logger(
            self.access_log,
            processors=[ProcessorFormatter.wrap_for_formatter],
            wrapper_class=structlog.stdlib.BoundLogger,
        )

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if not self.access_log_enabled or not self.access_log.isEnabledFor(logging.INFO):
            return
        self.requests.info(
            "request",
            method=environ.get("REQUEST_METHOD"),
            status=int(str(resp.status).split(None, 1)[0]),
            bytes=resp.sent,
            seconds=round(request_time.total_seconds(), 6),
            **environ.get(logs.ABOUT, {}),
        )
