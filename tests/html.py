"""Reading pages in tests."""

from __future__ import annotations

import re


def compact(page: str) -> str:
    """The page without whitespace between tags, so that templates may break lines anywhere."""
    return re.sub(r" ?([<>]) ?", r"\1", re.sub(r"\s+", " ", page))
