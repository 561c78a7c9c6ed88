"""The artifacts of model versions in an S3-compatible store, for machines without a shared folder.

A version is its folder below ARTIFACT_STORE. Its manifest is written last and deleted first, so a
folder with a manifest is complete. Nobody reads the store in place: a machine copies a version into
its ARTIFACTS_DIR, compares every checksum, and only then lets it appear.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from config import health
from config.outage import Outage
from recommender.engine.data.errors import ArtifactError
from recommender.engine.storage.manifest import FILE_NAME, Manifest, read_manifest

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 30, 3
PROBE_SECONDS = 2

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Our own disk, not the store."""

PATIENCE = 300.0
"""Seconds that a training waits for the store before its version is given up."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0

outage = Outage(
    "The artifact store does not answer (ARTIFACT_STORE): models that are here go on serving, new "
    "versions wait."
)


class StoreAwayError(ArtifactError):
    """The store does not answer, or refuses: nothing is known of the version itself."""


def is_used() -> bool:
    return bool(settings.ARTIFACT_STORE)


def upload(folder: Path, *, patience: float = PATIENCE) -> None:
    """Copy a version into the store; tried again while the store is away. Nothing without a store.

    Raises:
        StoreAwayError: after ``patience`` seconds.
        ArtifactError: if the folder has no manifest.
    """
    if not is_used():
        return
    names = sorted(read_manifest(folder).files)
    pause, end = FIRST_PAUSE, time.monotonic() + patience
    while True:
        try:
            _asked(lambda: _put(folder, names))
            return
        except StoreAwayError as error:
            if time.monotonic() + pause > end:
                raise
            logger.warning("%s; tried again in %.0f s", error, pause)
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)


def _put(folder: Path, names: list[str]) -> None:
    store, remote = _filesystem(), _address(folder)
    for name in [*names, FILE_NAME]:
        store.put_file(str(folder / name), f"{remote}/{name}")


def fetch(folder: Path) -> bool:
    """Copy a version from the store if it is not here; of several processes one does it.

    Returns:
        Whether it is here now; False also without a store.

    Raises:
        StoreAwayError: if the store is away.
        ArtifactError: if the version is not in the store, or damaged there.
    """
    if folder.exists() or not is_used():
        return folder.exists()
    with _alone(folder):
        if not folder.exists():
            _copy(folder)
    return True


def fetch_again(folder: Path) -> None:
    """Replace a damaged copy; nothing if another process has done so. Raises as ``fetch``."""
    with _alone(folder):
        try:
            _verify(folder, read_manifest(folder))
        except (ArtifactError, OSError):
            discard_copy(folder)
            _copy(folder)


def discard_copy(folder: Path) -> None:
    """Delete what is here. Processes that have mapped its arrays can still read them."""
    shutil.rmtree(folder, ignore_errors=True)


def _verify(folder: Path, manifest: Manifest) -> None:
    for name, entry in manifest.files.items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry.sha256:
                raise ArtifactError(f"{folder / name}: does not match its checksum")


def _copy(folder: Path) -> None:
    began, remote = time.monotonic(), _address(folder)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _asked(lambda: _get(f"{remote}/{FILE_NAME}", unfinished / FILE_NAME))
        manifest = read_manifest(unfinished)
        for name in manifest.files:
            _asked(lambda name=name: _get(f"{remote}/{name}", unfinished / name))  # type: ignore[misc]
        _verify(unfinished, manifest)
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except ArtifactError as error:
        raise type(error)(str(error).replace(str(unfinished), f"s3://{remote}")) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    logger.info("%s was fetched in %.1f s", remote, time.monotonic() - began)


def _get(remote: str, path: Path) -> None:
    try:
        _filesystem().get_file(remote, str(path))
    except FileNotFoundError as error:
        raise ArtifactError(f"s3://{remote}: is not in the store") from error


def remove(folder: Path) -> None:
    """Delete a version from the store. What processes have fetched stays.

    Raises:
        StoreAwayError: if the store is away.
    """
    if not is_used():
        return
    store, remote = _filesystem(), _address(folder)

    def delete() -> None:
        for name in sorted(store.find(remote), key=lambda name: not name.endswith(FILE_NAME)):
            store.rm_file(name)

    _asked(delete)


def versions_of(slug: str) -> set[str]:
    """Names of the folders of a catalogue's complete versions in the store.

    Raises:
        StoreAwayError: if the store is away.
    """
    if not is_used():
        return set()
    found = _asked(lambda: _filesystem().glob(f"{_root()}/{slug}/*/{FILE_NAME}"))
    return {name.split("/")[-2] for name in found}


def states() -> dict[str, health.State]:
    """For the health check: nothing without a store."""
    if not is_used():
        return {}
    if outage.is_on():
        return {"artifact_store": (health.UNAVAILABLE, outage.what)}
    try:
        _asked(lambda: _filesystem(patient=False).call_s3("head_bucket", Bucket=_bucket()))
    except StoreAwayError as error:
        return {"artifact_store": (health.UNAVAILABLE, str(error))}
    return {"artifact_store": (health.OK, "")}


def _asked(ask: Callable[[], Result]) -> Result:
    """What the store answers; everything else than an answer is an outage."""
    try:
        answer = ask()
    except ArtifactError:
        raise
    except Exception as error:  # of botocore, aiohttp, or an OSError that s3fs makes of them
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        outage.failed(error)
        raise StoreAwayError(f"ARTIFACT_STORE {settings.ARTIFACT_STORE}: {error}") from error
    outage.answered()
    return answer


def _root() -> str:
    return str(settings.ARTIFACT_STORE).removeprefix("s3://").rstrip("/")


def _address(folder: Path) -> str:
    return f"{_root()}/{folder.relative_to(settings.ARTIFACTS_DIR).as_posix()}"


def _bucket() -> str:
    return _root().split("/")[0]


def _filesystem(*, patient: bool = True) -> Any:
    return _connected(settings.ARTIFACT_STORE_ENDPOINT, os.getpid(), patient)


@cache
def _connected(endpoint: str, pid: int, patient: bool) -> Any:
    """``pid``: a connection of another process is not for this one."""
    from s3fs import S3FileSystem

    seconds = (CONNECT_SECONDS, READ_SECONDS) if patient else (PROBE_SECONDS, PROBE_SECONDS)
    attempts = ATTEMPTS if patient else 1
    connect, read = seconds
    store = S3FileSystem(
        endpoint_url=endpoint or None,
        use_listings_cache=False,
        skip_instance_cache=True,
        config_kwargs={
            "connect_timeout": connect,
            "read_timeout": read,
            "retries": {"max_attempts": attempts, "mode": "standard"},
        },
    )
    store.retries = attempts
    return store


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process of this machine at a time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
