"""New and edited items over a live model, as the workers read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

import numpy as np
from django.db.models import QuerySet

from recommender.engine.overlay.recommender import text_reader, with_changed_items
from recommender.engine.overlay.text_rows import TextRows
from recommender.engine.pipeline import Recommender
from recommender.models import ItemEncoding, ModelVersion
from recommender.models.changes import MOST_CHANGES
from recommender.serving.item_index import ItemIndex
from recommender.training import run_queries

CHUNK = 1000

Seen = tuple[int, datetime | None]
"""An item's pk, and when it was encoded."""


class Overlay:
    """The new and edited items of one version in this process.

    One cheap query asks whether anything changed. What was read once is not read again.
    ``base``: the items that the version was trained on; ``recommender``: as it was trained.
    """

    def __init__(self, base: ItemIndex, recommender: Recommender, version: ModelVersion) -> None:
        self.base, self.recommender, self.version = base, recommender, version
        self._reader = text_reader(recommender)
        self._latest: datetime | None = None
        self._seen: list[Seen] = []
        self._rows: TextRows | None = None
        self._lock = Lock()

    def is_of(self, version: ModelVersion) -> bool:
        """A restored database may use a pk again for other files."""
        own = self.version
        return (own.pk, own.folder, own.created_at) == (
            version.pk,
            version.folder,
            version.created_at,
        )

    def is_stale(self) -> bool:
        """Whether a worker has encoded an item since; False while that is being read."""
        if self._lock.locked():
            return False
        return self._encoded_last() != self._latest

    def refreshed(self) -> tuple[ItemIndex, Recommender]:
        """The items and the recommender with what is new and edited now."""
        with self._lock:
            latest, wanted = self._wanted()
            self._read(wanted)
            made = self._made([pk for pk, _encoded in wanted])
            self._latest = latest
            return made

    @property
    def _ready(self) -> QuerySet[ItemEncoding]:
        return ItemEncoding.objects.filter(
            catalog_id=self.version.catalog_id, encoded_at__isnull=False
        )

    def _encoded_last(self) -> datetime | None:
        return self._ready.order_by("-encoded_at").values_list("encoded_at", flat=True).first()

    def _wanted(self) -> tuple[datetime | None, list[Seen]]:
        """When the latest item was encoded, and the items that the version does not know so."""
        latest = self._encoded_last()  # first: what comes after it is read next time
        columns = ("item_id", "encoded_at", "changed_at")
        rows = list(
            self._ready.order_by("-changed_at", "-item_id").values_list(*columns)[:MOST_CHANGES]
        )
        since = run_queries.trained_from(self.version)
        _at, known = self.base.positions([pk for pk, *_times in rows])
        wanted = [
            (pk, encoded)
            for (pk, encoded, changed), is_known in zip(rows, known.tolist(), strict=True)
            if not is_known or changed >= since
        ]
        return latest, sorted(wanted, key=lambda seen: -seen[0])

    def _read(self, wanted: Sequence[Seen]) -> None:
        """Read the texts that were not read before; forget those that are not wanted."""
        stay = {seen: at for at, seen in enumerate(self._seen)}
        old = [seen for seen in wanted if seen in stay]
        new = [seen for seen in wanted if seen not in stay]
        parts = [self._texts([pk for pk, _encoded in new[at : at + CHUNK]]) for at in
                 range(0, len(new), CHUNK)]  # fmt: skip
        if self._rows is not None and old:
            parts.insert(0, self._rows.take(np.array([stay[seen] for seen in old])))
        self._rows = TextRows.joined(parts) if parts else None
        self._seen = [*old, *new]

    def _texts(self, pks: Sequence[int]) -> TextRows:
        rows = self._ready.filter(item_id__in=pks).values_list(
            "item_id", "words", "vector", "fingerprint"
        )
        found = {pk: values for pk, *values in rows}
        counts = [found[pk][0] if pk in found else {} for pk in pks]
        vectors = [self._vector(*found[pk][1:]) if pk in found else None for pk in pks]
        width = max((len(vector) for vector in vectors if vector is not None), default=0)
        table = np.zeros((len(pks), width), dtype=np.float32)
        for row, vector in zip(table, vectors, strict=True):
            if vector is not None:
                row[:] = vector
        itself, known = self.base.positions(pks)
        return self._reader.read(counts, table, np.where(known, itself, -1).astype(np.int32))

    def _vector(self, numbers: bytes, fingerprint: str) -> np.ndarray | None:
        """The encoder's vector; None if the version was trained with another encoder."""
        trained_with = self.version.report.get("encoder", fingerprint)
        vector = np.frombuffer(numbers, dtype="<f4")
        fits = fingerprint == trained_with and self._reader.fits(len(vector))
        return vector if fits else None

    def _made(self, pks: Sequence[int]) -> tuple[ItemIndex, Recommender]:
        """``pks``: of the wanted items, the newest first, so that it comes first among equals."""
        if self._rows is None:
            return self.base, self.recommender
        at_of = {pk: at for at, (pk, _encoded) in enumerate(self._seen)}
        rows = self._rows.take(np.array([at_of[pk] for pk in pks]))
        places, known = self.base.positions(pks)
        new = np.flatnonzero(~known)
        at = places.copy()
        at[new] = len(self.base.item_pks) + np.arange(len(new))
        item_pks = np.concatenate([self.base.item_pks, np.array(pks, dtype=np.int64)[new]])
        return ItemIndex(item_pks), with_changed_items(self.recommender, at, rows)
