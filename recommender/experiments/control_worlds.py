"""People whose controls are tried: those of a data folder, with a recommender that is trained on it first."""

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
"""Different items that a person must have: of fewer nothing can be said that they might turn down."""

CODE = ("recommender/engine",)
NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class Wish:
    """What a person does before the list is made.

    ``disliked``: the item of “not for me”; ``removed``: one that is only left out, to compare with; ``liked``: that of
    “more like this”; ``hidden``: (n_items,) the items of a hidden category or provider; ``unwanted``: a deleted word.
    """

    disliked: int | None = None
    removed: int | None = None
    liked: int | None = None
    hidden: BoolArray | None = None
    unwanted: str = ""

    @property
    def left_out(self) -> IntArray:
        """Indices of the items that the wish names."""
        named = [item for item in (self.disliked, self.removed, self.liked) if item is not None]
        hidden = NOTHING if self.hidden is None else np.flatnonzero(self.hidden)
        return np.concatenate([np.array(named, dtype=np.int32), hidden.astype(np.int32)])


class World(Protocol):
    """A catalogue with its people; ``people`` are the world's own numbers for them."""

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
        """Those with enough of a history."""

    def request(self, person: int, wish: Wish, n: int) -> Request:
        """What their list is asked for, as a page would."""


@dataclass(frozen=True)
class FolderWorld:
    """A real log. ``asks``: what every request of a page has."""

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

    def request(self, person: int, wish: Wish, n: int) -> Request:
        loaded = self.folder.loaded
        query = loaded.dataset.query(person)
        if wish.disliked is not None:
            query = replace(query, negative_feedback=(NegativeFeedback(wish.disliked, NOTHING),))
        if wish.unwanted:
            query = replace(
                query, stated_preferences=StatedPreferences(unwanted=frozenset({wish.unwanted}))
            )
        if wish.liked is not None:
            values = None if query.values is None else np.append(query.values, np.float32(np.nan))
            history, weights = (
                np.append(query.history, np.int32(wish.liked)),
                np.append(query.weights, np.float32(1)),
            )
            query = replace(query, history=history, weights=weights, values=values)
        return Request(query, n=n, exclude=wish.left_out, allowed=loaded.listed, **self.asks)


def people_with(items: np.ndarray) -> list[int]:
    """Those with enough different items, by how many each has."""
    return np.flatnonzero(items >= FEWEST).tolist()


def folder_world(
    folder: DataFolder, asks: Mapping[str, Any], encoder: TextEncoder | None, workspace: Workspace
) -> FolderWorld:
    """Trained on the whole log, once for the same data and code.

    ``asks``: what a page asks for besides what tuning finds.
    """

    def make(kept: Path) -> dict[str, Any]:
        result = train(folder.loaded.dataset, seed=0, evaluate=False, encoder=encoder)
        ids = np.arange(result.recommender.n_items)
        artifacts.write(
            kept / "artifact", result.recommender, item_ids=ids, about={"data": folder.name}
        )
        return {"blend": result.blend.as_dict()}

    reader = "words" if encoder is None else encoder.fingerprint
    about = {"controls": folder.fingerprint, "code": code_fingerprint(*CODE), "reader": reader}
    kept = workspace.cache.get(about, make)
    blend = kept.told["blend"]
    least = max(asks.get("min_tail_share", 0.0), blend["min_tail_share"])
    asked = {**asks, "min_tail_share": least, "calibration": blend["calibration"]}
    return FolderWorld(folder, artifacts.read(kept.folder / "artifact").recommender, asked)
