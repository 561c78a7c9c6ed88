"""What a unit of stated preferences and of penalties is worth in one person's scores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reaches:
    """From the mean score of the query's candidates to the best one: before the stated preferences
    count (``boost``), and after (``penalty``).
    """

    boost: float = 1.0
    penalty: float = 1.0
