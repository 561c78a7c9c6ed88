"""Settings of the control experiment: a catalogue, its people and a recommender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from recommender.engine.data.dataset import Items
from recommender.engine.data.types import BoolArray, IntArray, NegativeFeedback, StatedPreferences
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.storage import artifacts
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.train import train
from recommender.experiments.cache import code_fingerprint
from recommender.experiments.folders import DataFolder
from recommender.experiments.workspace import Workspace

FEWEST = 5
"""Fewest distinct items of a person: with fewer, lists have too little to turn down."""

CODE = ("recommender/engine",)
NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class UsedControls:
    """Controls that a person uses before the list is made.

    Attributes:
        disliked: the item of “not for me”.
        removed: an item that is only left out, for comparison.
        liked: the item of “more like this”.
        hidden: (n_items,) the items of a hidden category or provider.
        unwanted: a deleted interest word.
    """

    disliked: int | None = None
    removed: int | None = None
    liked: int | None = None
    hidden: BoolArray | None = None
    unwanted: str = ""

    @property
    def left_out(self) -> IntArray:
        """Indices of the items that these controls name."""
        named = [item for item in (self.disliked, self.removed, self.liked) if item is not None]
        hidden = NOTHING if self.hidden is None else np.flatnonzero(self.hidden)
        return np.concatenate([np.array(named, dtype=np.int32), hidden.astype(np.int32)])


class ControlSetting(Protocol):
    """A catalogue with its people and recommender. ``people``: the setting's numbers for them."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def is_simulated(self) -> bool: ...

    @property
    def recommender(self) -> Recommender: ...

    @property
    def items(self) -> Items: ...

    @property
    def people(self) -> Sequence[int]:
        """People with enough history."""

    def request(self, person: int, used: UsedControls, n: int) -> Request:
        """The request of a page for this person's list."""


@dataclass(frozen=True)
class FolderSetting:
    """A real log. ``asks``: fields of every request of a page."""

    folder: DataFolder
    recommender: Recommender
    asks: Mapping[str, Any]
    is_simulated: bool = False

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def title(self) -> str:
        return self.folder.name

    @property
    def items(self) -> Items:
        return self.folder.loaded.dataset.items

    @cached_property
    def people(self) -> Sequence[int]:
        return people_with(np.diff(self.folder.loaded.dataset.matrix.indptr))

    def request(self, person: int, used: UsedControls, n: int) -> Request:
        loaded = self.folder.loaded
        query = loaded.dataset.query(person)
        if used.disliked is not None:
            query = replace(query, negative_feedback=(NegativeFeedback(used.disliked, NOTHING),))
        if used.unwanted:
            query = replace(
                query, stated_preferences=StatedPreferences(unwanted=frozenset({used.unwanted}))
            )
        if used.liked is not None:
            values = None if query.values is None else np.append(query.values, np.float32(np.nan))
            history, weights = (
                np.append(query.history, np.int32(used.liked)),
                np.append(query.weights, np.float32(1)),
            )
            query = replace(query, history=history, weights=weights, values=values)
        return Request(query, n=n, exclude=used.left_out, allowed=loaded.listed, **self.asks)


def people_with(items: np.ndarray) -> list[int]:
    """People with enough distinct items. ``items``: (n_users,) number of each person's."""
    return np.flatnonzero(items >= FEWEST).tolist()


def folder_setting(
    folder: DataFolder, asks: Mapping[str, Any], encoder: TextEncoder | None, workspace: Workspace
) -> FolderSetting:
    """A setting trained on the whole log, cached by data and code.

    ``asks``: fields of a page's requests beside the tuned ones.
    """

    def make(target: Path) -> dict[str, Any]:
        result = train(folder.loaded.dataset, seed=0, evaluate=False, encoder=encoder)
        ids = np.arange(result.recommender.n_items)
        artifacts.write(
            target / "artifact", result.recommender, item_ids=ids, about={"data": folder.name}
        )
        return {"blend": result.blend.as_dict()}

    reader = "words" if encoder is None else encoder.fingerprint
    about = {"controls": folder.fingerprint, "code": code_fingerprint(*CODE), "reader": reader}
    cached = workspace.cache.get(about, make)
    blend = cached.figures["blend"]
    least = max(asks.get("min_tail_share", 0.0), blend["min_tail_share"])
    asked = {**asks, "min_tail_share": least, "calibration": blend["calibration"]}
    return FolderSetting(folder, artifacts.read(cached.folder / "artifact").recommender, asked)
