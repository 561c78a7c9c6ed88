"""The live model of each catalogue in this process: loaded once, checked every few seconds."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from catalog.models import Catalog
from recommender.engine.data.errors import EngineError
from recommender.engine.data.types import (
    BoolArray,
    IntArray,
    Query,
)
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.hybrid import Blend, Hybrid
from recommender.models import ModelVersion
from recommender.training import artifact_store, run_queries, versions
from recommender.training.encoders import typed_text_encoder

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveModel:
    """A version in memory. ``item_pks``: (n_items,) ascending; an item's position is its index."""

    version: ModelVersion
    recommender: Recommender
    item_pks: NDArray[np.int64]

    @classmethod
    def load(cls, version: ModelVersion) -> LiveModel:
        """Read a version through its checksums.

        Raises:
            EngineError, OSError: when it is missing or damaged.
        """
        artifact = artifact_store.read(version.path)
        if artifact.recommender.interest is not None:
            artifact.recommender.interest.encoder = typed_text_encoder()
        return cls(version, artifact.recommender, np.asarray(artifact.item_ids, dtype=np.int64))

    def index_of(self, pk: int) -> int | None:
        """An item's index; None for an item that is newer than the version."""
        found = self.indices([pk])
        return int(found[0]) if len(found) else None

    def indices(self, pks: Iterable[int]) -> IntArray:
        """The indices of those items that the version knows, in the order given."""
        positions, known = self.positions(pks)
        return positions[known]

    def positions(self, pks: Iterable[int]) -> tuple[IntArray, BoolArray]:
        """(n,) index of each item, and (n,) whether the version knows it; else the index is undefined."""
        wanted = np.fromiter(pks, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.item_pks, wanted), max(0, len(self.item_pks) - 1))
        known = (
            self.item_pks[found] == wanted
            if len(self.item_pks)
            else np.zeros(len(wanted), dtype=bool)
        )
        return found.astype(np.int32), known

    def predicted_stars(self, query: Query, items: Sequence[int]) -> list[float | None]:
        """The stars that the person would give each item, one decimal; None without a prediction."""
        rating = self.recommender.rating
        if rating is None or query.values is None or not items:
            return [None] * len(items)
        predicted = rating.stars(query, np.asarray(items, dtype=np.int32)).tolist()
        return [None if math.isnan(stars) else round(stars, 1) for stars in predicted]

    def mask(self, pks: Iterable[int]) -> BoolArray:
        """(n_items,) true for the given items."""
        chosen = np.zeros(len(self.item_pks), dtype=bool)
        chosen[self.indices(pks)] = True
        return chosen

    @property
    def blend(self) -> Blend:
        """The blend of the fitted scorer, read from the artifact."""
        scorer = self.recommender.scorer
        return scorer.blend if isinstance(scorer, Hybrid) else Blend({scorer.name: 1.0})

    @cached_property
    def typical_head(self) -> list[int]:
        """The head item of median popularity, in a list; empty in a catalogue without events."""
        head = np.flatnonzero(self.recommender.head)
        return head[
            np.argsort(self.recommender.counts[head], kind="stable")[len(head) // 2 :][:1]
        ].tolist()


@dataclass
class _Entry:
    """The model of one catalogue, and when the database was last asked."""

    model: LiveModel | None = None
    asked_at: float = float("-inf")
    damaged: tuple | None = None


_entries: dict[int, _Entry] = {}
_lock = threading.Lock()


def live(catalog: Catalog) -> LiveModel | None:
    """The catalogue's model in this process; None when nothing can serve.

    The database is asked for the live version at most every MODEL_REFRESH_SECONDS. While one thread
    loads a new version, the others use the former one. If the artifact is damaged, the former model
    keeps serving.
    """
    entry = _entries.setdefault(catalog.pk, _Entry())
    if time.monotonic() - entry.asked_at < settings.MODEL_REFRESH_SECONDS:
        return entry.model
    if not _lock.acquire(blocking=entry.model is None):
        return entry.model
    try:
        if time.monotonic() - entry.asked_at >= settings.MODEL_REFRESH_SECONDS:
            _refresh(entry, catalog)
            entry.asked_at = time.monotonic()
    finally:
        _lock.release()
    return entry.model


def forget() -> None:
    """Drop all models, as in a process that has just started."""
    _entries.clear()


def _refresh(entry: _Entry, catalog: Catalog) -> None:
    version = run_queries.live_version(catalog)
    if version is None:
        entry.model = None
    elif entry.model is not None and _identity(entry.model.version) == _identity(version):
        entry.model = LiveModel(version, entry.model.recommender, entry.model.item_pks)
    elif entry.damaged != _identity(version) or not version.damage:
        loaded = _try(version)
        entry.damaged = None if loaded else _identity(version)
        entry.model = loaded or _still_serving(entry.model, catalog)


def _identity(version: ModelVersion) -> tuple:
    """More than the pk: a restored database may use a pk again for other files."""
    return version.pk, version.folder, version.created_at


def _try(version: ModelVersion) -> LiveModel | None:
    try:
        return LiveModel.load(version)
    except (EngineError, OSError) as error:
        damage = str(error) or type(error).__name__
        if versions.mark_damaged(version=version, damage=damage):
            logger.error("%s cannot be read and is passed over: %s", version, damage)
        return None


def _still_serving(former: LiveModel | None, catalog: Catalog) -> LiveModel | None:
    """The former model in memory, else the latest retired version that can be read."""
    if former is not None:
        return former
    candidates = run_queries.former_versions(catalog).filter(damage="")
    return next(filter(None, map(_try, candidates)), None)
