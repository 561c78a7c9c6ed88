"""The live models of the catalogues in this process: loaded when asked for, checked now and then.

Above LIVE_MODELS_MIB those that were not asked for the longest leave.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import count
from weakref import ref

import numpy as np
from django.conf import settings

from catalog.models import Catalog
from config.metrics import ARTIFACT_LOADS, ARTIFACT_SECONDS, count_cache
from recommender.engine.data.errors import EngineError
from recommender.engine.data.types import (
    Query,
)
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.hybrid import Hybrid
from recommender.models import ModelVersion
from recommender.serving import arrivals, left_out
from recommender.serving.background import background
from recommender.serving.footprint import private_bytes
from recommender.serving.freed_memory import give_back
from recommender.serving.item_index import ItemIndex
from recommender.serving.overlay import Overlay
from recommender.training import artifact_store, damaged_versions, run_queries
from recommender.training.encoders import typed_text_encoder

logger = logging.getLogger(__name__)

WEIGH_SECONDS = 60.0
"""Between two measurements of a model's memory: requests add tables to it."""

MEBIBYTE = 1024**2


class Lease:
    """What the copies of a model have in common: it lives for as long as a request uses one."""


@dataclass(frozen=True)
class LiveModel(ItemIndex):
    """A version in memory."""

    version: ModelVersion
    recommender: Recommender
    lease: Lease = field(default_factory=Lease, compare=False)

    @classmethod
    def load(cls, version: ModelVersion) -> LiveModel:
        """Read a version through its checksums.

        Raises:
            EngineError, OSError: when it is missing or damaged.
        """
        artifact = artifact_store.read(version.path)
        if artifact.recommender.interest is not None:
            artifact.recommender.interest.encoder = typed_text_encoder()
        item_pks = np.asarray(artifact.item_ids, dtype=np.int64)
        return cls(item_pks, version, artifact.recommender)

    def predicted_stars(self, query: Query, items: Sequence[int]) -> list[float | None]:
        """Predicted stars of each item for the person, one decimal; None without a prediction."""
        rating = self.recommender.rating
        if rating is None or query.values is None or not items:
            return [None] * len(items)
        predicted = rating.stars(query, np.asarray(items, dtype=np.int32)).tolist()
        return [None if math.isnan(stars) else round(stars, 1) for stars in predicted]

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
    """The model of one catalogue, and when the database was last asked.

    ``overlay``: the new and edited items that are in the model. ``loaded``, ``damaged``: identity
    of the version, and signature of the files, that were read well, or could not be read.
    ``left_at``: when the model left to make room; None if it did not. ``bytes``: its private memory
    when it was last measured. ``use``: the number of the last use.
    """

    model: LiveModel | None = None
    left_at: float | None = None
    bytes: int = 0
    weighed_at: float = float("-inf")
    use: int = 0
    asked_at: float = float("-inf")
    damaged: tuple | None = None
    loaded: tuple | None = None
    verified_at: float = float("-inf")
    overlay: Overlay | None = None


_entries: dict[int, _Entry] = {}
_lock = threading.RLock()
_uses = count()


def live(catalog: Catalog) -> LiveModel | None:
    """The catalogue's model in this process; None when nothing can serve.

    The database is asked for the live version at most every MODEL_REFRESH_SECONDS. While one thread
    loads a new version, the others use the former one. If the artifact is damaged, the former model
    keeps serving. A model that left to make room is loaded again.
    """
    entry = _entries.setdefault(catalog.pk, _Entry())
    entry.use = next(_uses)
    model = entry.model
    if model is not None:
        count_cache("live_models", hit=True)
    if not _is_due(entry, model) or not _lock.acquire(blocking=model is None):
        return model
    try:
        if _is_due(entry, entry.model):
            _refresh(entry, catalog)
            entry.asked_at = time.monotonic()
            _make_room(entry, catalog)
        model = entry.model  # from now on it is in use, and does not leave
    finally:
        _lock.release()
    return model


def _is_due(entry: _Entry, model: LiveModel | None) -> bool:
    """``model``: read before, because it may leave meanwhile."""
    has_left = model is None and entry.left_at is not None
    return has_left or time.monotonic() - entry.asked_at >= settings.MODEL_REFRESH_SECONDS


def loaded_catalogs() -> dict[int, int]:
    """Private bytes of each model in memory, with the indexed words, by the catalogue's pk."""
    return {
        pk: entry.bytes + left_out.bytes_of(pk)
        for pk, entry in list(_entries.items())
        if entry.model is not None
    }


def forget() -> None:
    """Drop all models, as in a process that has just started."""
    _entries.clear()
    arrivals.forget()


def _make_room(asked: _Entry, catalog: Catalog) -> None:
    """Let models leave until the others fit into LIVE_MODELS_MIB; the one asked for stays."""
    _weigh(asked)
    sizes = loaded_catalogs()
    surplus = sum(sizes.values()) - settings.LIVE_MODELS_MIB * MEBIBYTE
    for pk in sorted(sizes, key=lambda pk: _entries[pk].use):
        if surplus > 0 and pk != catalog.pk and _leaves(_entries[pk]):
            left_out.drop(pk)
            surplus -= sizes[pk]
            background(give_back)


def _weigh(entry: _Entry) -> None:
    if entry.model is None or time.monotonic() - entry.weighed_at < WEIGH_SECONDS:
        return
    interest = entry.model.recommender.interest
    encoder = () if interest is None else (interest.encoder,)  # one for all catalogues
    entry.bytes = private_bytes((entry.model, entry.overlay), shared=encoder)
    entry.weighed_at = time.monotonic()


def _leaves(entry: _Entry) -> bool:
    """Drop a model; False, and it stays, if a request uses it."""
    model, overlay = entry.model, entry.overlay
    if model is None:
        return False
    pieces, lease = (model.item_pks, model.version, model.recommender), ref(model.lease)
    entry.left_at = time.monotonic()  # first: who sees no model must see that it left
    entry.model = entry.overlay = model = None
    if held := lease():
        entry.model, entry.overlay, entry.left_at = LiveModel(*pieces, held), overlay, None
        return False
    entry.damaged = entry.loaded = None
    entry.weighed_at = float("-inf")
    return True


def _refresh(entry: _Entry, catalog: Catalog) -> None:
    former, left_at = entry.model, entry.left_at
    _refresh_version(entry, catalog)
    model, entry.left_at = entry.model, None
    if left_at is not None:  # words are indexed again when somebody excludes something new
        away = time.monotonic() - left_at
        logger.info("the model of %s is back %.0f s after it left", catalog.slug, away)
    elif model is not None and (former is None or left_out.is_outdated(catalog)):
        background(partial(left_out.prepare, catalog))
    if model is None:
        entry.overlay = None
    elif entry.overlay is None or not entry.overlay.is_of(model.version):
        base = ItemIndex(model.item_pks)
        entry.overlay = Overlay(base, model.recommender, model.version)
    if entry.overlay is not None and entry.overlay.is_stale():
        background(partial(_overlay, entry, entry.overlay))


def _overlay(entry: _Entry, overlay: Overlay) -> None:
    """Put the new and edited items into the model. Lists are made without them until then."""
    index, recommender = overlay.refreshed()
    with _lock:
        if entry.overlay is overlay and entry.model is not None:
            entry.model = replace(entry.model, item_pks=index.item_pks, recommender=recommender)


def _refresh_version(entry: _Entry, catalog: Catalog) -> None:
    version = run_queries.live_version(catalog)
    if version is None:
        entry.model = None
        return
    state = _identity(version), artifact_store.signature(version.path)
    serves = entry.model is not None and _identity(entry.model.version) == state[0]
    if serves and (entry.loaded == state or not state[1]):
        # a folder that was removed leaves its mapped arrays as they were
        assert entry.model is not None
        entry.model = replace(entry.model, version=version)
        _verify_now_and_then(entry)
    elif not state[1] and arrivals.expected(version):
        entry.model = _still_serving(entry.model, catalog)
    elif entry.damaged == state:
        _look_again(entry, version)
    else:
        loaded = _try(version)
        entry.damaged, entry.loaded = (None, state) if loaded else (state, None)
        entry.verified_at = time.monotonic()
        if serves:  # the mapped arrays of the former model are the files that changed
            entry.model = entry.overlay = None
        entry.model = loaded or _still_serving(entry.model, catalog)


def _verify_now_and_then(entry: _Entry) -> None:
    """Compare the checksums again: a disk may damage a file in silence."""
    if _is_time_to_verify(entry):
        background(partial(_verify, entry))


def _is_time_to_verify(entry: _Entry) -> bool:
    """True once every MODEL_VERIFY_SECONDS."""
    if time.monotonic() - entry.verified_at < settings.MODEL_VERIFY_SECONDS:
        return False
    entry.verified_at = time.monotonic()
    return True


def _verify(entry: _Entry) -> None:
    model = entry.model
    if model is None or not model.version.path.exists():
        return  # a folder that was removed leaves its mapped arrays as they were
    if artifact_store.damage_of(model.version.path):
        entry.loaded = None  # the next request reads it anew, and finds out what is damaged


def _look_again(entry: _Entry, version: ModelVersion) -> None:
    """A copy that keeps its times may have mended the damaged files."""
    if _is_time_to_verify(entry):
        background(partial(_forgive, entry, version))


def _forgive(entry: _Entry, version: ModelVersion) -> None:
    if not artifact_store.damage_of(version.path):
        entry.damaged = None  # the next request reads it anew


def _identity(version: ModelVersion) -> tuple:
    """More than the pk: a restored database may use a pk again for other files."""
    return version.pk, version.folder, version.created_at


def _try(version: ModelVersion) -> LiveModel | None:
    began = time.monotonic()
    try:
        model = LiveModel.load(version)
        _count_load(version, "loaded")
        ARTIFACT_SECONDS.observe(time.monotonic() - began)
        if version.damage and damaged_versions.mark_intact(version=version):
            logger.info("%s can be read again", version)
        return model
    except (EngineError, OSError) as error:
        _count_load(version, "damaged")
        damage = str(error) or type(error).__name__
        if arrivals.replace_damaged(version):
            logger.error("%s cannot be read here and is fetched again: %s", version, damage)
        elif damaged_versions.mark_damaged(version=version, damage=damage):
            logger.error("%s cannot be read and is passed over: %s", version, damage)
        return None


def _count_load(version: ModelVersion, outcome: str) -> None:
    ARTIFACT_LOADS.labels(version.catalog.slug, outcome).inc()
    count_cache("live_models", hit=False)


def _still_serving(former: LiveModel | None, catalog: Catalog) -> LiveModel | None:
    """The former model in memory, else the latest retired version that can be read."""
    if former is not None:
        return former
    candidates = run_queries.former_versions(catalog).filter(damage="")
    here = (version for version in candidates if not arrivals.expected(version))
    return next(filter(None, map(_try, here)), None)
