"""Sends trainings and the reading of items to the workers.

A task is sent by its name, because the tasks import the services that send them. Without a broker
nothing is lost: a sweep sends it again.
"""

from __future__ import annotations

from config import task_queue, task_rules

RUN_TRAINING = "recommender.tasks.run_training"
ENCODE_ITEMS = "recommender.tasks.encode_items"


def waiting_messages() -> int:
    """Messages about trainings that no worker has taken; 0 while the broker is away."""
    return task_queue.length(task_rules.TRAINING)


def enqueue_training(run_id: int) -> None:
    """Wake a worker, which takes the run whose turn it is. Without a broker the sweep does it."""
    task_queue.send_or_leave(RUN_TRAINING, run_id)


def enqueue_encoding(catalog_id: int, *, countdown: float = 0) -> None:
    """Have a worker read the catalogue's new and edited items."""
    task_queue.send_or_leave(ENCODE_ITEMS, catalog_id, countdown=countdown)
