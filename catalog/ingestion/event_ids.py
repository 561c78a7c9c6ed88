"""Remembers the event ids of a whole log in 24 bytes a row, to find an id used for two events."""

from __future__ import annotations

from array import array
from collections.abc import Hashable

import numpy as np

from catalog.validation.row_parsing import BulkResult


class SeenEvents:
    """Ids and events as hashes of 64 bits: two of a million ids meet once in 37 million files."""

    def __init__(self) -> None:
        self._ids, self._events, self._lines = array("q"), array("q"), array("q")

    def add(self, line: int, event_id: str, event: Hashable) -> None:
        self._ids.append(hash(event_id))
        self._events.append(hash(event))
        self._lines.append(line)

    def repeated(self) -> tuple[int, list[int]]:
        """How many rows repeat an earlier event, and the lines that use its id for another one."""
        ids, events, lines = (
            np.frombuffer(stored, dtype=np.int64) if stored else np.zeros(0, np.int64)
            for stored in (self._ids, self._events, self._lines)
        )
        order = np.argsort(ids, kind="stable")
        starts = np.ones(len(order), dtype=bool)
        starts[1:] = ids[order][1:] != ids[order][:-1]
        first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
        other = events[order] != events[first]
        return int((~starts & ~other).sum()), sorted(lines[order][other].tolist())


def settle(seen: SeenEvents, result: BulkResult) -> list[int]:
    """Count the repeated rows of a checked file in its result.

    Returns:
        The lines that use the id of another event.
    """
    repeated, conflicting = seen.repeated()
    result.repeated += repeated
    result.created -= repeated + len(conflicting)
    return conflicting
