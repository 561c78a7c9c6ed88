"""Counts tasks: who sends them, how they end, how long they take."""

from __future__ import annotations

import time
from typing import Any

from celery.signals import after_task_publish, task_failure, task_postrun, task_prerun

from config.database_errors import count_database_error
from config.metrics import TASK_SECONDS, TASKS, TASKS_SENT


@after_task_publish.connect(dispatch_uid="longtail-tasks-sent")
def _sent(sender: str, **signal: Any) -> None:
    TASKS_SENT.labels(sender).inc()


@task_prerun.connect(dispatch_uid="longtail-tasks-begun")
def _begun(task: Any, **signal: Any) -> None:
    task.request.began_at = time.monotonic()


@task_postrun.connect(dispatch_uid="longtail-tasks-ended")
def _ended(task: Any, state: str | None = None, **signal: Any) -> None:
    TASKS.labels(task.name, (state or "unknown").lower()).inc()
    if began := getattr(task.request, "began_at", None):
        TASK_SECONDS.labels(task.name).observe(time.monotonic() - began)


@task_failure.connect(dispatch_uid="longtail-task-failures")
def _failed(exception: BaseException | None = None, **signal: Any) -> None:
    count_database_error(exception)
