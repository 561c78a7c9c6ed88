"""A stretch of a row: what a row's own page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog.browse.rows import PAGE

#: Pages of a row. Somebody who wants more than some hundred items asks the search.
MOST_PAGES = 20


@dataclass(frozen=True)
class Span:
    """Which pages of a row are asked for, counted from 1."""

    first: int
    last: int

    @property
    def start(self) -> int:
        return (self.first - 1) * PAGE

    @property
    def end(self) -> int:
        return self.last * PAGE


@dataclass(frozen=True)
class RowPage:
    """The cards of a row in ``span``; ``goes_on``: whether there are more behind them."""

    key: str
    title: str
    note: str
    cards: Sequence[Any]
    span: Span
    goes_on: bool

    @property
    def next(self) -> int | None:
        return self.span.last + 1 if self.goes_on and self.span.last < MOST_PAGES else None

    @property
    def previous(self) -> int | None:
        return self.span.first - 1 if self.span.first > 1 else None
