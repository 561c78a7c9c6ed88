"""Reading pages in tests."""

from __future__ import annotations

import re


def compact(page: str) -> str:
    """The same page without the whitespace that is there for the template's reader: lines may be
    broken anywhere.
    """
    return re.sub(r" ?([<>]) ?", r"\1", re.sub(r"\s+", " ", page))
