"""The items that a person's exclusions leave out, as a mask for all lists.

What an exclusion leaves out is found once for the state of a catalogue, and then read from this
process's memory, or from the cache that the processes share.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from cachetools import LRUCache
from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from numpy.typing import NDArray

from catalog.models import Catalog, Item, ItemCategory
from recommender.engine.data.types import BoolArray, Exclusion
from recommender.engine.exclusions import concepts
from recommender.engine.exclusions.matching import SearchableItems
from recommender.engine.exclusions.resolving import left_out
from recommender.engine.exclusions.searchable_item import SearchableItem
from recommender.models import ItemEncoding
from recommender.serving.footprint import private_bytes
from recommender.serving.item_index import ItemIndex

Keys = NDArray[np.int64]
NO_KEYS: Keys = np.empty(0, dtype=np.int64)

SECONDS = 24 * 3600
MOST_CATALOGS = 16
"""Catalogues whose indexed words stay in memory: building them takes longer than a search."""

#: Changes with the grammar, the table of concepts, and the shape of what is stored.
FORMAT = 3

_lock = threading.Lock()
_building = threading.Lock()
_states_at: dict[int, tuple[float, str]] = {}
_texts: LRUCache[tuple[int, str], Indexed] = LRUCache(MOST_CATALOGS)
_found: LRUCache[tuple[int, str, str], Keys] = LRUCache(4_000)
_unions: LRUCache[tuple[int, str, tuple[str, ...]], LeftOut] = LRUCache(2_000)


@dataclass(frozen=True)
class Indexed:
    """The words of a catalogue's items, and their memory."""

    items: SearchableItems
    bytes: int


@dataclass(frozen=True)
class Counted:
    """An exclusion, and how many items it leaves out."""

    exclusion: Exclusion
    items: int


@dataclass(frozen=True)
class LeftOut:
    """``keys``: pks, ascending. ``state``: of the catalogue when they were found."""

    by_exclusion: tuple[tuple[Exclusion, Keys], ...] = ()
    state: str = ""

    @cached_property
    def keys(self) -> Keys:
        found = [keys for _exclusion, keys in self.by_exclusion]
        return np.unique(np.concatenate(found)) if found else NO_KEYS

    @cached_property
    def pks(self) -> frozenset[int]:
        return frozenset(self.keys.tolist())

    @cached_property
    def counted(self) -> tuple[Counted, ...]:
        """The exclusions that leave something out here, in the person's order."""
        return tuple(Counted(each, len(keys)) for each, keys in self.by_exclusion if len(keys))

    @cached_property
    def digest(self) -> str:
        names = [f"{each.key}{each.is_lack}" for each, _keys in self.by_exclusion]
        return blake2b(repr((names, self.state)).encode(), digest_size=8).hexdigest()

    def __len__(self) -> int:
        return len(self.keys)

    def mask(self, index: ItemIndex) -> BoolArray:
        """(n_items,) true for the items that are left out; the last index's mask is known."""
        known = self.__dict__.get("_mask")
        if known is None or known[0] is not index.item_pks:
            chosen = np.isin(index.item_pks, self.keys, assume_unique=True)
            known = self.__dict__["_mask"] = (index.item_pks, chosen)
        mask: BoolArray = known[1]
        return mask

    def reasons(self, pk: int) -> list[Exclusion]:
        """The exclusions that leave an item out."""
        return [each for each, keys in self.by_exclusion if pk in set(keys.tolist())]


NOTHING = LeftOut()


def left_out_of(catalog: Catalog, exclusions: Sequence[Exclusion]) -> LeftOut:
    """What the exclusions leave out of a catalogue."""
    if not exclusions:
        return NOTHING
    state = state_of(catalog)
    key = (catalog.pk, state, tuple(map(_name, exclusions)))
    with _lock:
        known = _unions.get(key)
    if known is None:
        found = tuple((each, _keys_of(catalog, state, each)) for each in exclusions)
        known = LeftOut(found, state)
        with _lock:
            _unions[key] = known
    return known


def state_of(catalog: Catalog) -> str:
    """Changes when items come or change their texts; read every few seconds.

    Both queries read one row of an index. Items that go leave keys behind that no list has.
    """
    now = time.monotonic()
    asked_at, state = _states_at.get(catalog.pk, (float("-inf"), ""))
    if now - asked_at < settings.MODEL_REFRESH_SECONDS:
        return state
    newest = Item.objects.filter(catalog=catalog).order_by("-pk").values_list("pk", flat=True)
    edited = ItemEncoding.objects.filter(catalog=catalog).order_by("-changed_at")
    marks = (*newest[:1], *edited.values_list("changed_at", flat=True)[:1])
    state = blake2b(repr((FORMAT, marks)).encode(), digest_size=8).hexdigest()
    _states_at[catalog.pk] = (now, state)
    return state


def prepare(catalog: Catalog) -> None:
    """Index a catalogue's words, which a process's first search would wait for."""
    concepts.named()
    concepts.said()
    _searchable(catalog, state_of(catalog))


def is_outdated(catalog: Catalog) -> bool:
    """Whether this process has indexed the words of another state of a catalogue only."""
    state = state_of(catalog)
    with _lock:
        states = [known for pk, known in _texts if pk == catalog.pk]
    return bool(states) and state not in states


def forget() -> None:
    """Drop what is remembered, as in a process that has just started."""
    _states_at.clear()
    with _lock:
        for remembered in (_texts, _found, _unions):
            remembered.clear()


def bytes_of(catalog: int) -> int:
    """Memory of the indexed words of a catalogue (a pk)."""
    with _lock:
        return sum(indexed.bytes for (pk, _state), indexed in _texts.items() if pk == catalog)


def drop(catalog: int) -> None:
    """Forget the indexed words of a catalogue (a pk). What exclusions leave out stays known."""
    with _lock:
        _drop(catalog)


def _drop(catalog: int) -> None:
    for key in [key for key in _texts if key[0] == catalog]:
        del _texts[key]


def _keys_of(catalog: Catalog, state: str, exclusion: Exclusion) -> Keys:
    """(k,) pks, ascending, of what one exclusion leaves out."""
    key = (catalog.pk, state, _name(exclusion))
    with _lock:
        known = _found.get(key)
    if known is None:
        name = "left-out:" + blake2b(repr(key).encode(), digest_size=16).hexdigest()
        stored = cache.get(name)
        known = np.frombuffer(stored, dtype=np.int64) if stored is not None else None
        if known is None:
            known = _search(catalog, state, exclusion)
            cache.set(name, known.tobytes(), SECONDS)
        with _lock:
            _found[key] = known
    return known


def _search(catalog: Catalog, state: str, exclusion: Exclusion) -> Keys:
    items = _searchable(catalog, state)
    keys = [items.items[place].key for place in left_out(exclusion, items)]
    return np.array(sorted(keys), dtype=np.int64)


def _searchable(catalog: Catalog, state: str) -> SearchableItems:
    """The items of a state; of threads that ask at once, one reads them and the others wait."""
    key = (catalog.pk, state)
    with _building:
        with _lock:
            known = _texts.get(key)
        if known is None:
            items = SearchableItems(list(searchable_items(Item.objects.filter(catalog=catalog))))
            items.build()
            known = Indexed(items, private_bytes(items))
            with _lock:
                _drop(catalog.pk)
                _texts[key] = known
    return known.items


def searchable_items(items: QuerySet[Item]) -> Iterable[SearchableItem]:
    categories: dict[int, list[str]] = {}
    links = ItemCategory.objects.filter(item__in=items).order_by("item_id", "position")
    for item_id, name in links.values_list("item_id", "category__name"):
        categories.setdefault(item_id, []).append(name)
    fields = ("pk", "title", "description", "provider", "attributes", "language")
    for pk, title, description, provider, attributes, language in items.order_by("pk").values_list(
        *fields
    ):
        yield SearchableItem.of(
            pk,
            title,
            description,
            categories=categories.get(pk, ()),
            provider=provider,
            attributes=attributes if isinstance(attributes, dict) else {},
            language=language,
        )


def _name(exclusion: Exclusion) -> str:
    return f"{exclusion.key}{'~' * exclusion.is_lack}"
