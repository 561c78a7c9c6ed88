"""Stop words, Chinese and English."""

from __future__ import annotations

from functools import cache

import stopwordsiso

LANGUAGES = ("zh", "en")


@cache
def stop_words() -> frozenset[str]:
    """Lower-case stop words of both languages, before plurals are folded."""
    return frozenset(word.casefold() for word in stopwordsiso.stopwords(list(LANGUAGES)))
