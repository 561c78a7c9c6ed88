"""One form for texts that mean the same: letter width, composition and Chinese script."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def for_reading(text: str) -> str:
    """A text as encoders read it: compatible letters (NFKC), simplified Chinese.

    Case and accents stay, since encoders know them.
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return _to_simplified().convert(plain) if _HAN.search(plain) else plain


def folded(text: str) -> str:
    """A text as words are compared: without case and accents too."""
    if text.isascii():
        return text.lower()
    letters = (
        char
        for char in unicodedata.normalize("NFD", for_reading(text).casefold())
        if not "\u0300" <= char <= "\u036f"
    )
    return unicodedata.normalize("NFC", "".join(letters))


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
