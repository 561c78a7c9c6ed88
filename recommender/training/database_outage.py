"""A database that is away for a moment: what a training asks of it is asked again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from config.database_errors import AWAY, count_database_error

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

PATIENCE = 300.0
"""Seconds that a training waits for the database."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


def outlasting(act: Callable[[], Result], *, patience: float = PATIENCE) -> Result:
    """The result of ``act``, which is tried again while the database is away.

    ``act`` must be one transaction, or harmless when it is repeated.

    Raises:
        OperationalError, InterfaceError: after ``patience`` seconds.
    """
    pause, end = FIRST_PAUSE, time.monotonic() + patience
    while True:
        try:
            return act()
        except AWAY as error:
            count_database_error(error)
            if connection.in_atomic_block or time.monotonic() + pause > end:
                raise
            logger.warning("the database is away, asked again in %.1f s: %s", pause, error)
            connection.close()
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)
