"""Whether this worker was told to stop (SIGTERM); long tasks ask, and hand their work back.

The worker's parent process gets the signal, the tasks run in its pool processes. They share one
byte of memory, which is made before the pool is forked.
"""

from __future__ import annotations

import mmap
from typing import Any

from celery.signals import worker_shutting_down

_byte = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def stop(**_signal: Any) -> None:
    """Called in a signal handler: it takes no lock and writes no log."""
    _byte[0] = 1


def is_stopping() -> bool:
    return _byte[0] == 1


def forget() -> None:
    """For tests: as if no signal had come."""
    _byte[0] = 0
