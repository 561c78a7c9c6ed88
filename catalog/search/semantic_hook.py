"""The place where an app that can read says which items are nearest in meaning to a text.

The catalogue finds by words; whoever is installed to its right may know more
(see `recommender.serving.semantic_search`).
"""

from __future__ import annotations

from collections.abc import Callable

from catalog.models import Catalog

Reader = Callable[[Catalog, str, bool], list[int]]
"""From a catalogue, a text and whether the asker waits for a slow start, to item keys, nearest first."""

readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Ask this one from now on; the latest that knows something answers."""
    if reader not in readers:
        readers.append(reader)


def nearest(catalog: Catalog, text: str, *, patient: bool = True) -> list[int]:
    """Keys of the items nearest in meaning; none where nobody reads.

    ``patient``: False where an answer now is better than a complete one.
    """
    return next(filter(None, (reader(catalog, text, patient) for reader in reversed(readers))), [])
