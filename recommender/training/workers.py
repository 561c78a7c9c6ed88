"""Whether a worker is there that would train."""

from __future__ import annotations

import logging

from config import celery_app

logger = logging.getLogger(__name__)

PATIENCE = 1.5
"""Seconds that workers have to answer."""


def any_trains(queue: str = "training") -> bool:
    """Whether any worker answers that takes trainings; False if the broker is away too."""
    try:
        queues = celery_app.control.inspect(timeout=PATIENCE).active_queues() or {}
    except Exception as error:  # every broker has its own errors
        logger.info("no worker was asked: %s", error)
        return False
    return any(each["name"] == queue for own in queues.values() for each in own)
