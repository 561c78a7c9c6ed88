"""The hook for semantic search.

The catalogue searches by words. An app that can embed texts registers here (see
`recommender.serving.semantic_search`).
"""

from __future__ import annotations

from collections.abc import Callable

from catalog.models import Catalog

Reader = Callable[[Catalog, str, bool], list[int]]
"""Takes a catalogue, a text and ``patient``; returns item keys, most similar first."""

readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Register a reader; the one registered last is asked first."""
    if reader not in readers:
        readers.append(reader)


def nearest(catalog: Catalog, text: str, *, patient: bool = True) -> list[int]:
    """Keys of semantically similar items; empty without a reader.

    ``patient``: False if a fast answer is better than a complete one.
    """
    return next(filter(None, (reader(catalog, text, patient) for reader in reversed(readers))), [])
