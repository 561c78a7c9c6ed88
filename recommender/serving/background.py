"""Work of a serving process beside its requests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)


def background(work: Callable[[], None]) -> None:
    """Do work in a thread with its own database connection; an error is logged."""
    threading.Thread(target=_guarded, args=[work], name="longtail-background", daemon=True).start()


def _guarded(work: Callable[[], None]) -> None:
    try:
        close_old_connections()
        work()
    except Exception:
        logger.exception("work beside the requests failed; it is tried again")
    finally:
        connections.close_all()
