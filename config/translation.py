"""Translated messages, looked up once a language: an explained list shows a thousand lines."""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as lookup


def gettext(message: str) -> str:
    """``message`` in the current language. It must be one of the code, or the cache grows."""
    return _in_language(get_language(), message)


@cache
def _in_language(language: str | None, message: str) -> str:
    return lookup(message)
