"""What our Celery processes do beyond Celery's own: come back after an outage, show that they live.

Set in `config/settings/base.py`: ``CELERY_WORKER_CONSUMER`` and ``CELERY_BEAT_SCHEDULER``; the step
is added in `config/celery.py`.
"""

from __future__ import annotations

import logging
import time
from importlib import import_module
from typing import Any, ClassVar

from celery import bootsteps
from celery.exceptions import WorkerLostError
from celery.signals import task_failure
from celery.utils.time import maybe_make_aware
from celery.worker.consumer import Consumer
from django.db import DatabaseError, InterfaceError, close_old_connections
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from config import health, task_rules

logger = logging.getLogger(__name__)

JUMP = 5.0
"""Seconds; clocks that are set right little by little never jump so far."""


def _beat(*names: str) -> None:
    close_old_connections()  # no request ends here, so that nothing else closes a lost one
    import_module("recommender.training.heartbeats").beat(names)


def _forget_orphans() -> None:
    """Delete the stage files on this machine's disk that must go, also during a long training."""
    try:
        import_module("recommender.training.stages").sweep()
    except (DatabaseError, InterfaceError, OSError) as error:
        logger.warning("Stage files were not looked at: %s", error)


@task_failure.connect
def _give_up(sender: Any = None, exception: object = None, **signal: Any) -> None:
    """Say which task it was: Celery's own line about a lost process does not."""
    if isinstance(exception, WorkerLostError):
        logger.error("The task %s is given up. %s", getattr(sender, "name", sender), exception)


class PersistentConsumer(Consumer):
    """Connects again after a restart of the broker, whatever the old connection says.

    Closing the lost connection gives back the messages in hand. If the broker is not there yet,
    Celery 5.7 fails at that with an AttributeError, and the worker ends for good. The messages
    come back without it: the broker has lost them, and the sweep repeats the work, or it still has
    them, and hands them out after the visibility timeout.
    """

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        try:
            super().on_connection_error_after_connected(exc)
        except Exception as error:
            logger.warning("The lost connection could not be closed: %s", error)
            self.connection = None


class HeartbeatStep(bootsteps.StartStopStep):
    """Writes the heartbeat of a worker's queues while it is connected to the broker."""

    requires = ("celery.worker.consumer:Tasks",)
    name_of_queue: ClassVar = {
        task_rules.DEFAULT: health.WORKER,
        task_rules.TEXTS: health.LONG,
        task_rules.LONG: health.LONG,
        task_rules.TRAINING: health.TRAINING,
    }

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.entry: Any = None

    def start(self, parent: Any) -> None:
        self.stop(parent)
        queues = [queue.name for queue in parent.task_consumer.queues]
        names = {self.name_of_queue[name] for name in queues if name in self.name_of_queue}
        self.look_around(names)
        every = import_module("recommender.training.heartbeats").EVERY
        self.entry = parent.timer.call_repeatedly(every, self.look_around, (names,))

    @staticmethod
    def look_around(names: set[str]) -> None:
        _beat(*sorted(names))
        if health.TRAINING in names:
            _forget_orphans()

    def stop(self, parent: Any) -> None:
        if self.entry is not None:
            self.entry.cancel()
            self.entry = None


class SteadyEntry(ModelEntry):
    """An entry that does not wait for the time at which a clock that was wrong started it."""

    last_run_at: Any

    def is_due(self) -> Any:
        now = self._default_now()
        if maybe_make_aware(self.last_run_at) > now:
            self.last_run_at = now
        return super().is_due()


class HeartbeatScheduler(DatabaseScheduler):
    """The scheduler, which writes its own heartbeat between two ticks."""

    Entry = SteadyEntry
    _last = float("-inf")
    _ahead: float | None = None
    """Seconds that the time of day is ahead of the clock that never jumps."""

    def tick(self, *args: Any, **options: Any) -> Any:
        self._follow_clock()
        every = import_module("recommender.training.heartbeats").EVERY
        if time.monotonic() >= self._last + every:
            self._last = time.monotonic()
            _beat(health.BEAT)
        return min(super().tick(*args, **options), every)

    def _follow_clock(self) -> None:
        """Order the entries anew after the clock jumped: Celery orders them by the time of day."""
        ahead = time.time() - time.monotonic()
        if self._ahead is not None and abs(ahead - self._ahead) > JUMP:
            logger.warning("The clock jumped by %.0f seconds.", ahead - self._ahead)
            self._heap = None
        self._ahead = ahead
