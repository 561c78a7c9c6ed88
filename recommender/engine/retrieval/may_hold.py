"""Which items a list may hold, asked of some items instead of computed for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from recommender.engine.data.types import BoolArray, IntArray, Query


def _none() -> IntArray:
    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class MayHold:
    """What is allowed, not left out, and not yet known to the person.

    Args:
        allowed: (n_items,) mask, None = all.
        exclude: further items that are left out.
        query: of its history only what is due may come back.
        head: (n_items,) mask of the head items, which the list leaves out; None = it may hold them.
        listed: items that the list has already.
        seen_too: it may hold what the person has only looked at.
    """

    allowed: BoolArray | None
    exclude: IntArray
    query: Query
    head: BoolArray | None = None
    listed: IntArray = field(default_factory=_none)
    seen_too: bool = False

    def __call__(self, items: IntArray) -> BoolArray:
        """(len(items),)"""
        found = np.ones(len(items), dtype=bool) if self.allowed is None else self.allowed[items]
        if self.head is not None:
            found &= ~self.head[items]
        left_out = np.concatenate([self.known, self.exclude, self.listed]).astype(np.int32)
        if len(left_out):
            found &= ~np.isin(items, left_out)
        return np.asarray(found)

    @property
    def known(self) -> IntArray:
        """Items of the history that may not come back."""
        back = [item for item, _share in self.query.due]
        back += self.query.seen if self.seen_too else ()
        history = self.query.history
        return history[~np.isin(history, back)] if back else history
