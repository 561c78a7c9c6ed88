"""A task that kills the process that carries it out, as one does that needs too much memory."""

from __future__ import annotations

import os
import signal

from celery import shared_task

from config import task_rules

NAME = "tests.kill_this_process"


@shared_task(name=NAME, acks_late=True, **task_rules.LATE)
def kill_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
