"""Pages of long lists."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

PAGE = 24


@dataclass(frozen=True)
class Pages:
    """A page of a long list."""

    number: int
    total: int

    @property
    def last(self) -> int:
        return max(1, ceil(self.total / PAGE))

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.last else None
