"""Messages have the names of registered tasks."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from config import celery_app
from config.schedule import BEAT_SCHEDULE
from recommender import tasks
from recommender.interests import queue as interest_queue
from recommender.training import queue as training_queue


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any], dict[str, Any]]]:
    """Task, arguments and options of every message."""
    messages: list[tuple[str, list[Any], dict[str, Any]]] = []
    monkeypatch.setattr(
        "celery.canvas.Signature.apply_async",
        lambda self, **options: messages.append((self.task, list(self.args), options)),
    )
    return messages


def test_a_training_is_sent_to_its_task(messages):
    training_queue.enqueue_training(3)
    options = {"countdown": 0, "retry": False}
    assert messages == [(tasks.run_training.name, [3], options)]


def test_a_refresh_is_sent_to_its_task(messages):
    interest_queue.enqueue_refresh([1, 2], countdown=5.0)
    options = {"countdown": 5.0, "retry": False}
    assert messages == [(tasks.refresh_interest_texts.name, [[1, 2]], options)]


def test_a_wording_is_sent_to_its_task(messages):
    interest_queue.enqueue_wording(7, "basis")
    options = {"countdown": 0, "retry": False}
    assert messages == [(tasks.word_interest_text.name, [7, "basis"], options)]


def test_trainings_have_a_queue_of_their_own():
    assert settings.CELERY_TASK_ROUTES == {training_queue.RUN_TRAINING: {"queue": "training"}}


def test_every_scheduled_task_is_registered():
    celery_app.loader.import_default_modules()  # as a worker does when it starts
    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} <= set(celery_app.tasks)
