"""Sends trainings to the workers.

A task is sent by its name, because the tasks import the services that send them.
"""

from __future__ import annotations

from config import task_queue

RUN_TRAINING = "recommender.tasks.run_training"


def enqueue_training(run_id: int) -> None:
    """Send a queued run to a worker. Without a broker it stays queued; the sweep sends it again."""
    task_queue.send_or_leave(RUN_TRAINING, run_id)
