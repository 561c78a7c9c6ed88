"""The artifacts of model versions on disk. A folder is written once and never changed.

With ARTIFACT_STORE the folders here are copies of those in the store.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.errors import EngineError
from recommender.engine.pipeline import Recommender
from recommender.engine.storage import artifacts
from recommender.engine.storage.artifacts import Artifact
from recommender.training import remote_artifacts
from recommender.training.remote_artifacts import StoreAwayError


def folder_name(slug: str, number: int, fingerprint: str) -> str:
    """The folder below ARTIFACTS_DIR.

    The start of the fingerprint separates what two servers may write under one number.
    """
    return f"{slug}/{number}-{fingerprint[:8]}"


def write(
    folder: Path, recommender: Recommender, item_pks: NDArray[np.int64], about: dict[str, Any]
) -> None:
    """Write a new artifact, here and in the store. It appears complete or not at all.

    If the folder exists, a process died between writing and publishing it, and no row points at it.

    Raises:
        ArtifactError: if it cannot be written; ``StoreAwayError`` if the store stays away.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        remove(folder)
    artifacts.write(folder, recommender, item_ids=item_pks, about=about)
    remote_artifacts.upload(folder)


def read(folder: Path) -> Artifact:
    """Read an artifact and verify its checksums. Its arrays are memory-mapped.

    Raises:
        EngineError, OSError: if it is missing or damaged; ``StoreAwayError`` if it is only in the
            store, which is away.
    """
    remote_artifacts.fetch(folder)
    return artifacts.read(folder)


def damage_of(folder: Path) -> str:
    """Why an artifact cannot be read; empty if it is intact.

    Raises:
        StoreAwayError: if it is only in the store, which is away.
    """
    try:
        read(folder)
    except StoreAwayError:
        raise
    except (EngineError, OSError) as error:
        return str(error) or type(error).__name__
    return ""


Signature = tuple[tuple[str, int, int], ...]
"""Name, size and time of change of every file."""


def signature(folder: Path) -> Signature:
    """What changes when somebody writes to a file of the folder; empty if it is not there."""
    try:
        files = [(entry.name, entry.stat()) for entry in os.scandir(folder)]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in files))


def remove(folder: Path) -> None:
    """Delete a folder. Processes that have mapped its arrays can still read them."""
    shutil.rmtree(folder, ignore_errors=True)
