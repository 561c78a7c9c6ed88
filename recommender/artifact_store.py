"""Where a version's numbers lie on disk. Folders are written once, read often, never changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from recommender.engine import artifacts
from recommender.engine.artifacts import Artifact
from recommender.engine.errors import EngineError


def folder_name(slug: str, number: int, fingerprint: str) -> str:
    """The folder below ARTIFACTS_DIR; the fingerprint's start tells apart what two servers may have written."""
    return f"{slug}/{number}-{fingerprint[:8]}"


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
