"""What changes with the size of a catalogue: above these limits a training does with less."""

from __future__ import annotations

LARGE = 50_000
"""Items. A larger catalogue is never scored as a whole in a training, has fewer slices, and no
sequence network: each of its steps costs something for every item."""

MOST_ENTRIES = 60_000_000
"""Entries of one sparse matrix of items by items, 480 MB."""

FEWEST_NEIGHBOURS = 30


def is_large(n_items: int) -> bool:
    return n_items > LARGE


def neighbours_within(wanted: int, n_items: int) -> int:
    """Neighbours that each item keeps, so that the matrix has at most ``MOST_ENTRIES``."""
    return min(wanted, max(FEWEST_NEIGHBOURS, MOST_ENTRIES // max(1, n_items)))
