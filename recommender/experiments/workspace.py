"""Folders of cached splits and results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recommender.experiments.cache import ResultCache


@dataclass(frozen=True)
class Workspace:
    """``var``: the project's folder for files that can be made again."""

    var: Path

    @property
    def splits(self) -> Path:
        return self.var / "experiments" / "splits"

    @property
    def cache(self) -> ResultCache:
        return ResultCache(self.var / "experiments" / "results")
