"""Messages have the names of registered tasks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings

from config import celery_app, task_rules
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


def test_every_task_has_a_queue_and_limits_that_the_worker_knows():
    celery_app.loader.import_default_modules()
    for name, rule in task_rules.RULES.items():
        task = celery_app.tasks[name]
        assert rule.queue in task_rules.QUEUES
        assert settings.CELERY_TASK_ROUTES[name] == {"queue": rule.queue}
        assert 0 < task.soft_time_limit < task.time_limit
        assert task.acks_late == rule.late


def test_no_message_is_delivered_again_while_its_task_may_run():
    longest = max(celery_app.tasks[name].time_limit for name in task_rules.RULES)
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > longest


def test_the_operators_table_says_the_same():
    text = (settings.BASE_DIR / "docs" / "how-to" / "operate.md").read_text()
    pattern = r"^\| `(\w+\.tasks\.\w+)` \| (\w+) \| ([^|]+) \| (died|never) \| [^|]+ \|$"
    rows = {name: row for name, *row in re.findall(pattern, text, re.MULTILINE)}
    assert rows == {
        name: [rule.queue, limit_in_words(rule), "died" if rule.late else "never"]
        for name, rule in task_rules.RULES.items()
    }


def limit_in_words(rule: task_rules.TaskRule) -> str:
    if rule.seconds is None:
        return "`TRAINING_TIME_LIMIT` + 10 min"
    return f"{rule.seconds // task_rules.MINUTE} min"


def test_every_scheduled_task_is_registered():
    celery_app.loader.import_default_modules()  # as a worker does when it starts
    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} <= set(celery_app.tasks)
