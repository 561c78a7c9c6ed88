"""Split a data folder into training and test data.

``time``: one instant for all, the newest fifth of the log is the test. ``last``: each person's last
item is the test.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recommender.engine.data.csv_files import Loaded, load
from recommender.engine.data.splitting import Split
from recommender.experiments.folders import TEXT, DataFolder

PROTOCOLS = ("time", "last")
FEWEST_ITEMS = 5
"""A person with fewer distinct items is left out."""

ASKED_SHARE = 0.2
MOST_PEOPLE = 10_000
FORMAT = 1


@dataclass(frozen=True)
class SplitFolder:
    """A split on disk.

    ``train/`` (log and catalogue), ``users.csv`` (people to serve), ``test.csv.gz`` (their
    held-out items), ``split.json`` (sizes), which is written last.
    """

    path: Path

    @property
    def interactions(self) -> Path:
        return self.path / "train" / "interactions.csv.gz"

    @property
    def items(self) -> Path:
        return self.path / "train" / "items.csv.gz"

    @property
    def users(self) -> Path:
        return self.path / "users.csv"

    @cached_property
    def about(self) -> dict[str, Any]:
        return json.loads((self.path / "split.json").read_text())

    @cached_property
    def loaded(self) -> Loaded:
        return load(interactions=self.interactions, items=self.items, users=self.users)

    @cached_property
    def split(self) -> Split:
        """The split for the engine's evaluation; people in the order of ``users.csv``."""
        loaded = self.loaded
        test = pd.read_csv(self.path / "test.csv.gz", dtype=TEXT)
        known = pd.Index(loaded.item_ids)
        relevant = {
            user: np.unique(known.get_indexer(own)) for user, own in test.groupby("user_id").item_id
        }
        wanted = [relevant[loaded.user_ids[user]].astype(np.int32) for user in loaded.serve]
        return Split(loaded.dataset, loaded.serve, [items[items >= 0] for items in wanted])


def make_split(
    folder: DataFolder, protocol: str, root: Path, *, everybody: bool = False
) -> SplitFolder:
    """The split of this content under ``root``, made if it is missing.

    ``everybody``: ask all people, also where they are more than ``MOST_PEOPLE``.
    """
    name = f"{folder.name}-{protocol}-{folder.fingerprint}-{FORMAT}{'-all' if everybody else ''}"
    made = SplitFolder(root / name)
    if not (made.path / "split.json").exists():
        _write(made, folder, protocol, everybody)
    return made


def _write(made: SplitFolder, folder: DataFolder, protocol: str, everybody: bool) -> None:
    log = first_meetings(folder.log())
    train, test = divide(log, protocol)
    test = test[test.user_id.isin(train.user_id.unique())]
    users = asked_people(test, None if everybody else MOST_PEOPLE)
    test = test[test.user_id.isin(set(users))]
    items = folder.items()
    items = items[items.item_id.isin(log.item_id.unique())]
    made.interactions.parent.mkdir(parents=True, exist_ok=True)
    train.to_csv(made.interactions, index=False)
    items.to_csv(made.items, index=False)
    users.to_csv(made.users, index=False)
    test[["user_id", "item_id"]].to_csv(made.path / "test.csv.gz", index=False)
    about = {
        "protocol": protocol,
        "people": int(train.user_id.nunique()),
        "items": len(items),
        "train": len(train),
        "test": len(test),
        "asked": len(users),
    }
    (made.path / "split.json").write_text(json.dumps(about, indent=1))


def first_meetings(log: pd.DataFrame) -> pd.DataFrame:
    """Each (person, item) once, at its first time, oldest first; without people with few items."""
    log = log.sort_values("timestamp", kind="stable").drop_duplicates(["user_id", "item_id"])
    return log[log.groupby("user_id").item_id.transform("size") >= FEWEST_ITEMS]


def divide(log: pd.DataFrame, protocol: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and test rows of a log that is oldest first."""
    if protocol == "time":
        asked = log.timestamp > log.timestamp.quantile(1 - ASKED_SHARE)
    else:
        asked = ~log.user_id.duplicated(keep="last")
    return log[~asked], log[asked]


def asked_people(test: pd.DataFrame, most: int | None) -> pd.Series:
    """Ascending ids; a fixed sample of ``most`` if there are more."""
    users = pd.Series(np.sort(test.user_id.unique()), name="user_id")
    if most is None or len(users) <= most:
        return users
    return users.sample(most, random_state=0).sort_values()
