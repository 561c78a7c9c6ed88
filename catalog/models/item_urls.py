"""Addresses of items. A page needs dozens: each route is reversed once for each catalogue."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse


class HasSlug(Protocol):
    """A `Catalog`."""

    slug: Any


class InCatalog(Protocol):
    """An `Item`, which imports this module."""

    pk: Any

    @property
    def catalog(self) -> HasSlug: ...


def address_of(item: InCatalog, name: str) -> str:
    """The same as ``reverse`` for a route with a catalogue's slug and an item's key."""
    before, after = _around_key(
        name, item.catalog.slug, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()
    )
    return f"{before}{item.pk}{after}"


@lru_cache(maxsize=1024)
def _around_key(name: str, slug: str, _urlconf: str, _prefix: str) -> tuple[str, str]:
    """An address depends on ``_urlconf`` and ``_prefix`` too, so they are part of the cache key."""
    before, _key, after = reverse(name, args=[slug, 0]).rpartition("/0")
    return f"{before}/", after
