"""Sends trainings to the workers.

A task is sent by its name, because the tasks import the services that send them.
"""

from __future__ import annotations

from config import celery_app

RUN_TRAINING = "recommender.tasks.run_training"


def enqueue_training(run_id: int) -> None:
    """Send a queued run to a worker.

    Raises:
        Exception: the broker's own, if the broker is unavailable. The run stays queued, and the
            sweep sends it again.
    """
    celery_app.signature(RUN_TRAINING, args=[run_id]).apply_async()
