"""The popularity curve of a catalogue, with the exposure drawn over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from cachetools import cached
from django.db.models import Count
from django.utils.timezone import now
from numpy.typing import NDArray
from redis.exceptions import RedisError

from catalog.feedback.queries import choices
from catalog.models import Catalog, Interaction, Item
from config.caching import SharedCache
from recommender.models import Impression

BINS = 20
HEAD_BINS = 4  # a fifth of the items
SHOWN_DAYS = 30
CACHED_SECONDS = 300
WIDTH, HEIGHT = 320, 96


@dataclass(frozen=True)
class Curve:
    """Shares of the interactions and of the impressions, by twentieths of a catalogue's items.

    The most popular items come first. ``shown`` is empty without impressions.
    """

    known: tuple[float, ...]
    shown: tuple[float, ...]
    as_of: datetime

    @property
    def shares(self) -> dict[str, dict[str, str]]:
        """The shares of head and tail in interactions and impressions, as percentages."""
        drawn = {"known": self.known, "shown": self.shown}
        return {name: _head_and_tail(shares) for name, shares in drawn.items() if shares}

    @property
    def known_path(self) -> str:
        """A filled step curve, in pixels."""
        return f"M0,{HEIGHT} {self._steps(self.known)} L{WIDTH},{HEIGHT} Z"

    @property
    def shown_path(self) -> str:
        return f"M{self._steps(self.shown)[1:]}" if self.shown else ""

    @property
    def head_x(self) -> float:
        return WIDTH * HEAD_BINS / BINS

    def _steps(self, shares: tuple[float, ...]) -> str:
        top = max(*self.known, *self.shown) or 1.0
        step = WIDTH / len(shares)
        return " ".join(
            f"L{at * step:.1f},{y:.1f} L{(at + 1) * step:.1f},{y:.1f}"
            for at, y in enumerate(HEIGHT - (HEIGHT - 4) * share / top for share in shares)
        )


def curves() -> dict[int, Curve]:
    """The curves by catalogue, cached for five minutes. Without a cache they are always counted."""
    try:
        return _counted()
    except RedisError:
        return _counted.__wrapped__()


@cached(SharedCache("admin-curves", seconds=CACHED_SECONDS))
def _counted() -> dict[int, Curve]:
    """Three queries for all catalogues. An index answers each."""
    positive = Interaction.objects.filter(choices(Catalog.objects.all()))
    recent = Impression.objects.filter(created_at__gte=now() - timedelta(days=SHOWN_DAYS))
    known, shown = (
        dict(rows.order_by().values_list("item").annotate(Count("pk")))
        for rows in (positive, recent)
    )
    counts: dict[int, list[tuple[int, int]]] = {}
    for pk, catalog_id in Item.objects.order_by().values_list("pk", "catalog_id"):
        counts.setdefault(catalog_id, []).append((known.get(pk, 0), shown.get(pk, 0)))
    return {
        catalog_id: curve_of(np.array(pairs))
        for catalog_id, pairs in counts.items()
        if len(pairs) >= BINS
    }


def curve_of(pairs: NDArray[np.int64]) -> Curve:
    """``pairs``: (n_items, 2) interactions and impressions of each item."""
    ordered = pairs[np.argsort(-pairs[:, 0], kind="stable")]
    known, shown = np.array(
        [items.sum(axis=0) for items in np.array_split(ordered, BINS)], dtype=float
    ).T
    return Curve(known=_shares(known) or (0.0,) * BINS, shown=_shares(shown), as_of=now())


def _shares(counts: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple((counts / counts.sum()).tolist()) if counts.sum() else ()


def _head_and_tail(shares: tuple[float, ...]) -> dict[str, str]:
    head = sum(shares[:HEAD_BINS])
    return {"head": f"{head:.0%}", "tail": f"{1 - head:.0%}"}
