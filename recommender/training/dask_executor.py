"""Blocks of a training on a Dask cluster, whose workers have the same release as this machine."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

import recommender.engine
from recommender.engine.data.errors import EngineError
from recommender.engine.runtime.block_executor import HERE, computed_on

logger = logging.getLogger(__name__)

Block = TypeVar("Block")
Result = TypeVar("Result")

CONNECT_SECONDS = 10
LOOK_SECONDS = 5.0
"""Between two looks whether any worker is left."""

RETRIES = 3


class ClusterError(EngineError):
    """The cluster cannot be used as it is; the message names the setting and the worker."""


@contextmanager
def on_cluster() -> Iterator[None]:
    """Within it, blocks run on the cluster of DASK_SCHEDULER; here without the setting.

    They run here too, and the log says so, if no worker of the cluster can be reached.

    Raises:
        ClusterError: if a worker has another release, whose results might differ.
    """
    if not settings.DASK_SCHEDULER:
        yield
        return
    client = _connected(settings.DASK_SCHEDULER)
    if client is None:
        yield
        return
    try:
        _check_releases(client)
        with computed_on(DaskExecutor(client)):
            yield
    finally:
        client.close()


class DaskExecutor:
    """Sends a function to every worker once, then only blocks. What the cluster loses runs here."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def map_blocks(
        self, function: Callable[[Block], Result], blocks: Iterable[Block]
    ) -> Iterator[Result]:
        waiting = list(blocks)
        if not waiting or not self._workers():
            return HERE.map_blocks(function, waiting)
        return self._mapped(function, waiting)

    def _mapped(self, function: Callable[[Block], Result], blocks: list[Block]) -> Iterator[Result]:
        everywhere = self._client.scatter(function, broadcast=True, hash=False)
        futures = [
            self._client.submit(_apply, everywhere, block, pure=False, retries=RETRIES)
            for block in blocks
        ]
        for at, block in enumerate(blocks):
            yield self._result(futures[at], function, block)
            futures[at] = None  # its result need not stay on the worker

    def _result(self, future: Any, function: Callable[[Block], Result], block: Block) -> Result:
        from distributed import CancelledError, KilledWorker, TimeoutError
        from distributed.comm import CommClosedError

        lost = (CancelledError, KilledWorker, CommClosedError)
        while True:
            try:
                result: Result = future.result(timeout=LOOK_SECONDS)
                return result
            except TimeoutError:
                if self._workers():
                    continue
                logger.warning("no Dask worker is left: a block is computed here")
            except lost as error:
                logger.warning("a block was lost and is computed here: %s", error)
            return function(block)

    def _workers(self) -> list[str]:
        return list(self._client.scheduler_info(n_workers=-1)["workers"])


def _apply(function: Callable[[Block], Result], block: Block) -> Result:
    return function(block)


def _connected(address: str) -> Any:
    from distributed import Client

    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="longtail")
    except (OSError, TimeoutError) as error:
        logger.warning("DASK_SCHEDULER %s: %s; everything is computed here", address, error)
        return None


def _check_releases(client: Any) -> None:
    try:
        found = client.run(release)
    except ModuleNotFoundError as error:
        raise ClusterError(f"DASK_SCHEDULER: a worker does not have Longtail: {error}") from error
    for worker, digest in found.items():
        if digest != OWN_RELEASE:
            raise ClusterError(f"DASK_SCHEDULER: worker {worker} has another release than this one")


def release() -> str:
    """A hash of the engine's code."""
    folder, digest = Path(recommender.engine.__file__).parent, hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return digest.hexdigest()


OWN_RELEASE = release()
