"""What a person buys again and again, and when it is due.

Kinds that are repeatable count. The usual interval of an item is the person's own, from two events
on; else what is usual for the item, else for the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from statistics import median

import numpy as np
from cachetools import cached
from django.utils import timezone

from catalog.models import Catalog, Interaction
from catalog.models.event_kinds import kinds_of
from config.caching import SharedCache

DAY = 86_400.0
NEARLY = 0.8
"""The share of the interval after which an item is due."""

GIVEN_UP = 5.0
"""After so many intervals without it, the person probably does not want it any more."""

READ = 200_000
"""The latest events that the usual intervals come from."""

FEWEST = 3
"""Intervals that an item needs for one of its own."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item that may be wanted again.

    ``times``: how often the person had it. ``days``: the usual interval, 0 where nobody knows one;
    ``is_own``: whether it is the person's. ``passed``: the intervals that passed since.
    """

    item_id: int
    times: int
    days: float
    passed: float
    is_own: bool

    @property
    def is_due(self) -> bool:
        """Whether the interval is nearly over, and the person has not given up."""
        return bool(self.days) and NEARLY <= self.passed <= GIVEN_UP

    @property
    def share(self) -> float:
        """How due it is, 0 … 1: 1 where nobody knows an interval, 0 for an event of the future."""
        return min(1.0, max(0.0, self.passed)) if self.days else 1.0


@dataclass(frozen=True, slots=True)
class Intervals:
    """Medians in seconds; ``usual`` is 0 where nobody had anything twice."""

    usual: float
    of_items: dict[int, float]


def repeats(
    catalog: Catalog, had: Mapping[int, Sequence[float]], *, now: datetime | None = None
) -> list[Repeat]:
    """How due each item is that the person had, the most due first.

    ``had``: the seconds of its events, oldest first, by item; ``history.Past.repeats``.
    """
    if not had:
        return []
    return most_due(had, intervals(catalog), (now or timezone.now()).timestamp())


def most_due(had: Mapping[int, Sequence[float]], usual: Intervals, now: float) -> list[Repeat]:
    """As ``repeats``, with intervals that are known; ``now`` in seconds."""
    found = [_repeat(item, times, now, usual) for item, times in had.items()]
    return sorted(found, key=lambda each: (-each.passed, -each.times, each.item_id))


def _repeat(item: int, times: Sequence[float], now: float, usual: Intervals) -> Repeat:
    gaps = _gaps(times)
    interval = median(gaps) if gaps else usual.of_items.get(item, usual.usual)
    passed = (now - times[-1]) / interval if interval else 0.0
    return Repeat(item, len(times), interval / DAY, passed, is_own=bool(gaps))


@cached(SharedCache("intervals", seconds=3600), key=attrgetter("pk"))
def intervals(catalog: Catalog) -> Intervals:
    """The usual intervals of a catalogue, at most an hour old."""
    rows = Interaction.objects.filter(catalog=catalog, kind__in=kinds_of(catalog).repeatable)
    latest = rows.order_by("-created_at").values_list("profile_id", "item_id", "created_at")[:READ]
    return intervals_among((person, item, moment.timestamp()) for person, item, moment in latest)


def intervals_among(events: Iterable[tuple[int, int, float]]) -> Intervals:
    """The usual intervals among events: person, item, seconds."""
    gaps: dict[int, list[float]] = {}
    for (_person, item), group in groupby(sorted(events), key=itemgetter(0, 1)):
        gaps.setdefault(item, []).extend(_gaps([row[2] for row in group]))
    every = [gap for of_item in gaps.values() for gap in of_item]
    enough = {item: median(found) for item, found in gaps.items() if len(found) >= FEWEST}
    return Intervals(median(every) if every else 0.0, enough)


def _gaps(times: Sequence[float]) -> list[float]:
    """Seconds between events; those of one order are one."""
    return [gap for gap in np.diff(np.array(times)).tolist() if gap >= DAY / 2]
