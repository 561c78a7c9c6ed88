"""Where a version's numbers lie on disk. Folders are written once, read often, never changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.errors import EngineError
from recommender.engine.pipeline import Recommender
from recommender.engine.storage import artifacts
from recommender.engine.storage.artifacts import Artifact


def folder_name(slug: str, number: int, fingerprint: str) -> str:
    """The folder below ARTIFACTS_DIR; the fingerprint's start tells apart what two servers may have written."""
    return f"{slug}/{number}-{fingerprint[:8]}"


def write(
    folder: Path, recommender: Recommender, item_pks: NDArray[np.int64], about: dict[str, Any]
) -> None:
    """Write a new artifact; it appears whole or not at all.

    A folder of this name that no row mentions is what a process left that died between writing and publishing.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        remove(folder)
    artifacts.write(folder, recommender, item_ids=item_pks, about=about)


def read(folder: Path) -> Artifact:
    """An artifact through its checksums, its arrays memory-mapped.

    Raises:
        EngineError, OSError: when it is missing or damaged.
    """
    return artifacts.read(folder)


def damage_of(folder: Path) -> str:
    """Why an artifact cannot be read through its checksums; empty when it can."""
    try:
        read(folder)
    except (EngineError, OSError) as error:
        return str(error) or type(error).__name__
    return ""


def remove(folder: Path) -> None:
    """Delete a folder; processes that have it memory-mapped keep their pages."""
    shutil.rmtree(folder, ignore_errors=True)
