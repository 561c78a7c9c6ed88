"""Versions that are on their way from the artifact store to this machine, beside the requests."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from recommender.engine.data.errors import EngineError
from recommender.models import ModelVersion
from recommender.serving.background import background
from recommender.training import damaged_versions, remote_artifacts, run_queries
from recommender.training.remote_artifacts import StoreAwayError

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60.0
"""After a version that could not be read in the store either."""

_lock = threading.Lock()
_on_their_way: set[str] = set()
_rests_until: dict[str, float] = {}


def expected(version: ModelVersion) -> bool:
    """Whether the version is not here, but in the store; then somebody fetches it now."""
    if not remote_artifacts.is_used() or version.path.exists():
        return False
    _begin(version, remote_artifacts.fetch)
    return True


def replace_damaged(version: ModelVersion) -> bool:
    """Fetch the version again because its copy here is damaged; False without a store."""
    if not remote_artifacts.is_used():
        return False
    _begin(version, remote_artifacts.fetch_again)
    return True


def forget() -> None:
    """As in a process that has just started."""
    _rests_until.clear()


def _begin(version: ModelVersion, fetch: Callable[[Path], object]) -> None:
    with _lock:
        rests = time.monotonic() < _rests_until.get(version.folder, 0)
        if rests or version.folder in _on_their_way or remote_artifacts.outage.is_on():
            return
        _on_their_way.add(version.folder)
    background(partial(_carry, version, fetch))


def _carry(version: ModelVersion, fetch: Callable[[Path], object]) -> None:
    try:
        fetch(version.path)
        if version.damage and damaged_versions.mark_intact(version=version):
            logger.info("%s can be read again", version)
        for former in run_queries.superseded_versions(version.catalog):
            remote_artifacts.discard_copy(former.path)
    except StoreAwayError:
        pass  # the outage is in the log, and the next request tries again
    except (EngineError, OSError) as error:
        _rests_until[version.folder] = time.monotonic() + RETRY_SECONDS
        if damaged_versions.mark_damaged(version=version, damage=str(error)):
            logger.error("%s cannot be fetched and is passed over: %s", version, error)
    finally:
        with _lock:
            _on_their_way.discard(version.folder)
