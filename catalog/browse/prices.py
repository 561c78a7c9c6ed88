"""Prices and images as pages show them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from babel.numbers import format_currency
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language, to_locale

from catalog.models import Item


def price_of(item: Item) -> str:
    """The price with its currency, in the reader's language; empty without a price."""
    if item.price is None:
        return ""
    return _price(item.price, item.shown_currency, get_language() or "en")


@lru_cache(maxsize=4096)
def _price(price: Decimal, currency: str, language: str) -> str:
    if not currency:
        return number_format(price, 2)
    return format_currency(price, currency, locale=to_locale(language))


def image_of(item: Item) -> str:
    """The address of the item's own image, if its host is one of IMAGE_HOSTS; else empty."""
    if not item.image_url or not settings.IMAGE_HOSTS:
        return ""
    host = (urlsplit(item.image_url).hostname or "").lower()
    return item.image_url if any(_is_of(host, own) for own in settings.IMAGE_HOSTS) else ""


def _is_of(host: str, own: str) -> bool:
    """``own`` is a host, or with a leading point or ``*.`` all hosts below it."""
    name = own.lower().removeprefix("*")
    return host.endswith(name) if name.startswith(".") else host == name
