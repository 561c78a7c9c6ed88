"""What a task's records have in common: its name and id, and the request that sent it.

https://django-structlog.readthedocs.io/en/latest/celery.html
"""

from __future__ import annotations

from typing import Any

from celery.signals import setup_logging
from django.dispatch import receiver
from django_structlog.celery.signals import bind_extra_task_metadata
from structlog.contextvars import bind_contextvars


@setup_logging.connect(dispatch_uid="longtail-keep-logs")
def _keep_logs(**signal: Any) -> None:
    """Django has set up the logs; without a receiver Celery would write its own form."""


@receiver(bind_extra_task_metadata)
def _name(task: Any, **signal: Any) -> None:
    bind_contextvars(task=task.name)
