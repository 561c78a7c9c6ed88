"""Reads a catalogue and its log into the engine's arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.feedback.order import decide, pair_numbers
from catalog.feedback.signs import Events
from catalog.ingestion.item_vectors import vector_kinds
from catalog.models import Catalog, Item, ItemCategory, ItemVector
from catalog.models.event_rules import EventRules
from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.data.types import FloatArray
from recommender.engine.runtime.part_done import part_done
from recommender.training import run_queries
from recommender.training.log_stream import CHUNK, read_log


@dataclass(frozen=True)
class CatalogData:
    """A data set, and the rows that its indices mean.

    Args:
        dataset: item index i is ``item_pks[i]``, user index u is ``profile_pks[u]``.
        item_pks: (n_items,) ascending.
        profile_pks: (n_users,) ascending, only profiles with an interaction.
        fingerprint: sha256 of everything that a training reads.
    """

    dataset: Dataset
    item_pks: NDArray[np.int64]
    profile_pks: NDArray[np.int64]
    fingerprint: str


def load(catalog: Catalog, reader: str = "") -> CatalogData:
    """Read a catalogue as a stream. One million interactions take 32 MB besides the items' texts.

    Args:
        reader: what else changes a training on the same rows. It becomes part of the fingerprint.
    """
    digest = hashlib.sha256(reader.encode())
    item_pks, items = _read_items(catalog, digest)
    items = replace(items, vectors=_read_vectors(catalog, item_pks, digest))
    columns = _read_log(catalog, digest)
    known, indices = _positions(columns["items"], item_pks)
    columns = {name: column[known] for name, column in columns.items()}
    profile_pks, users = np.unique(columns["profiles"], return_inverse=True)
    columns |= {"users": users.astype(np.int32), "items": indices[known].astype(np.int32)}
    positive = columns["positive"]
    dataset = Dataset(items, _log(columns, positive), len(profile_pks), _log(columns, ~positive))
    return CatalogData(dataset, item_pks, profile_pks, digest.hexdigest())


def _log(columns: Mapping[str, NDArray], rows: NDArray[np.bool_]) -> Log:
    return Log(*(columns[name][rows] for name in ("users", "items", "weights", "times", "values")))


def _read_items(catalog: Catalog, digest: Any) -> tuple[NDArray[np.int64], Items]:
    """Items by pk. Availability is only in the fingerprint: lists read it when they are made."""
    rows = Item.objects.filter(catalog=catalog).order_by("pk")
    columns = ("pk", "title", "description", "provider", "available", "enrichment__text")
    fields = rows.values_list(*columns).iterator(CHUNK)
    pks, titles, descriptions, providers, categories = [], [], [], [], []
    for (pk, title, own, provider, available, more), names in _with_categories(fields, catalog):
        part_done()
        description = f"{own}\n{more}" if more else own
        digest.update(repr((pk, title, description, provider, available, names)).encode())
        pks.append(pk)
        titles.append(title)
        descriptions.append(description)
        providers.append(provider)
        categories.append(names)
    return np.array(pks, dtype=np.int64), Items(titles, descriptions, categories, providers)


def _with_categories(
    items: Iterable[tuple], catalog: Catalog
) -> Iterator[tuple[tuple, tuple[str, ...]]]:
    """Join the items with their categories, both ordered by item pk."""
    links = ItemCategory.objects.filter(item__catalog=catalog).order_by("item_id", "position", "pk")
    names = groupby(
        links.values_list("item_id", "category__name").iterator(CHUNK), key=itemgetter(0)
    )
    item_id, group = next(names, (None, iter(())))
    for row in items:
        while item_id is not None and item_id < row[0]:
            item_id, group = next(names, (None, iter(())))
        yield row, tuple(name for _item, name in group) if item_id == row[0] else ()


def _read_vectors(
    catalog: Catalog, item_pks: NDArray[np.int64], digest: Any
) -> dict[str, FloatArray]:
    """(n_items, d) by name, zeros for an item without a vector."""
    vectors = {}
    for kind in vector_kinds(catalog):
        rows = ItemVector.objects.filter(item__catalog=catalog, name=kind.name).order_by("item_id")
        table = np.zeros((len(item_pks), kind.dimension), dtype=np.float32)
        for pk, values in rows.values_list("item_id", "values").iterator(CHUNK):
            digest.update(f"{kind.name}:{pk}:".encode() + values)
            known, at = _positions(np.array([pk]), item_pks)
            if known[0]:
                table[at[0]] = np.frombuffer(values, dtype="<f4")
        vectors[kind.name] = table
    return vectors


def _read_log(catalog: Catalog, digest: Any) -> dict[str, NDArray]:
    """What counts of the interactions, oldest first, one array per column.

    ``positive``: False for the dislikes, which have the weight 1.
    """
    rules = EventRules.of(catalog)
    columns = _counted(read_log(run_queries.read_interactions(catalog), rules), rules)
    for column in columns.values():
        digest.update(column)
    return columns


def _counted(columns: Mapping[str, NDArray], rules: EventRules) -> dict[str, NDArray]:
    """The rows that are reasons or dislikes, with their weights and ratings."""
    events = Events(columns["codes"], columns["values"], columns["quantities"])
    found = decide(rules, pair_numbers(columns["profiles"], columns["items"]), events)
    turned_down, weights = found.turned_down, found.said.weights
    rows = (found.reasons & (weights > 0)) | turned_down
    return {
        **{name: columns[name][rows] for name in ("profiles", "items", "times")},
        "weights": np.where(turned_down, np.float32(1), weights)[rows],
        "values": found.said.ratings[rows],
        "positive": ~turned_down[rows],
    }


def _positions(
    wanted: NDArray[np.int64], pks: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether each wanted pk is in the ascending ``pks``, and its position there.

    An item that is created while the stream is read is missing. It waits for the next run.
    """
    found = np.minimum(np.searchsorted(pks, wanted), max(0, len(pks) - 1))
    known = pks[found] == wanted if len(pks) else np.zeros(len(wanted), dtype=bool)
    return known, found
