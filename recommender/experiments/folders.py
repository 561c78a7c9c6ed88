"""Data folders: a log and a catalogue on disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from recommender.engine.data.csv_files import Loaded, load
from recommender.engine.data.errors import DataError
from recommender.engine.tuning.validation import shape_of

INTERACTIONS, ITEMS = "interactions.csv.gz", "items.csv.gz"
TEXT = {"user_id": str, "item_id": str}


@dataclass(frozen=True)
class DataFolder:
    """``interactions.csv.gz`` (user_id,item_id,value,timestamp) and ``items.csv.gz``
    (item_id,title,description,categories)."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> DataFolder:
        for name in (INTERACTIONS, ITEMS):
            if not (path / name).is_file():
                raise DataError(f"{path}: no {name} in this folder")
        return cls(path.resolve())

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint_of([self.path / INTERACTIONS, self.path / ITEMS])

    @cached_property
    def loaded(self) -> Loaded:
        return load(interactions=self.path / INTERACTIONS, items=self.path / ITEMS)

    def protocol(self) -> str:
        """``time`` or ``last``: the shape of a training's validation slice on this log."""
        return shape_of(self.loaded.dataset)

    def log(self) -> pd.DataFrame:
        """The rows of the file; the index is the row number."""
        return pd.read_csv(self.path / INTERACTIONS, dtype=TEXT)

    def items(self) -> pd.DataFrame:
        return pd.read_csv(self.path / ITEMS, dtype=str, keep_default_na=False)


def fingerprint_of(files: list[Path]) -> str:
    """Fingerprint of names and contents, in the given order."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
