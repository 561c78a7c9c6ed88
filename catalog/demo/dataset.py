"""A demo catalogue before it is written to the database."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class DemoItem:
    """``categories``: the main one first. ``created_at`` None: the time of loading."""

    item_id: str
    title: str
    description: str
    categories: list[str]
    language: str
    provider: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    available: bool = True


@dataclass(frozen=True)
class DemoLog:
    """Events in the order of their times.

    ``people``: their ids. The arrays have one entry for each event: index into ``people``, index
    into the catalogue's items, kind, value (nan: none), seconds since 1970.
    """

    people: list[str]
    person: NDArray[np.int32]
    item: NDArray[np.int32]
    kind: NDArray[np.str_]
    value: NDArray[np.float64]
    time: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class DemoCatalog:
    """``fields``: the row's fields in the database (name, domain, language, texts …)."""

    slug: str
    fields: dict[str, Any]
    items: list[DemoItem]
    log: DemoLog


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a tab-separated table, which people edit by hand."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def read_rows(folder: Path, name: str = "items.csv.gz") -> Iterator[dict[str, str]]:
    with gzip.open(folder / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
