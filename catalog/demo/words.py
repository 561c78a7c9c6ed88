"""Words of titles, for the simulation only; a rough split is enough."""

from __future__ import annotations

import re

_COMMON = frozenset(
    word
    for line in (
        "about and are as at book by course for free from how in into is it its learn learning of "
        "on or the to",
        "tutorial using video what with you your",
    )
    for word in line.split(" ")
)


def words_of(text: str) -> list[str]:
    """Latin words of three or more letters, and pairs of Chinese characters."""
    found = [word for word in re.findall(r"[a-z][a-z+#.]{2,}", text.lower()) if word not in _COMMON]
    for run in re.findall(r"[\u4e00-\u9fff]{2,}", text):
        found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found
