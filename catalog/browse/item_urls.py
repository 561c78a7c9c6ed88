"""Addresses of items, dozens a page: the pattern is looked up once, and only the key changes."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

from catalog.models import Item


def address_of(item: Item, name: str) -> str:
    """What ``reverse`` gives for a route of a catalogue's slug and an item's key."""
    before, after = _around_key(
        name, item.catalog.slug, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()
    )
    return f"{before}{item.pk}{after}"


@lru_cache(maxsize=1024)
def _around_key(name: str, slug: str, _urlconf: str, _prefix: str) -> tuple[str, str]:
    """``_urlconf`` and ``_prefix``: what else an address depends on."""
    before, _key, after = reverse(name, args=[slug, 0]).rpartition("/0")
    return f"{before}/", after
