"""The contributions to the scores of several items, as columns: a page has thousands of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import Contribution, IntArray

NONE = -1
"""No past item, or no word."""

Amounts = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ContributionTable:
    """One entry a contribution; those of an item sum to its score. An item may have none.

    Attributes:
        items: (n,) the explained items.
        at: (m,) the position of the explained item in ``items``.
        scorer: (m,) the position of its name in ``scorers``.
        past: (m,) the past item, or ``NONE``.
        word: (m,) the position in ``words``, or ``NONE``.
        amount: (m,) in units of the score.
    """

    items: tuple[int, ...]
    at: IntArray
    scorer: IntArray
    past: IntArray
    word: IntArray
    amount: Amounts
    scorers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, items: Sequence[int], lists: Sequence[Sequence[Contribution]]) -> ContributionTable:
        """The table of a list of contributions for each item."""
        entries = TableEntries()
        entries.add_lists(lists)
        return entries.table(items)

    def __len__(self) -> int:
        return len(self.items)

    def explained(self) -> NDArray[np.bool_]:
        """(n,) which items have a contribution."""
        return np.bincount(self.at, minlength=len(self)) > 0

    def sums(self, amounts: Amounts) -> Amounts:
        """(n, len(scorers)) sums of ``amounts`` (m,) by item and scorer."""
        n_names = len(self.scorers)
        cells = self.at.astype(np.int64) * n_names + self.scorer
        sums = np.bincount(cells, amounts, len(self) * n_names).astype(np.float64)
        return sums.reshape(len(self), n_names)

    def with_more(self, lists: Sequence[Sequence[Contribution]]) -> ContributionTable:
        """With further contributions to each item."""
        if not any(lists):
            return self
        entries = TableEntries()
        entries.add_table(self)
        entries.add_lists(lists)
        return entries.table(self.items)

    def among(self, items: Collection[int]) -> Self:
        """The table of these of its items."""
        chosen = np.array([item in items for item in self.items], dtype=bool)
        if chosen.all():
            return self
        place = np.cumsum(chosen) - 1
        left = tuple(item for item, one in zip(self.items, chosen, strict=True) if one)
        table = self.only(chosen)
        return replace(table, items=left, at=place[table.at].astype(np.int32))

    def only(self, explained: NDArray[np.bool_]) -> Self:
        """Without the contributions of the other items; ``explained``: (n,)."""
        entry = explained[self.at]
        return replace(
            self,
            at=self.at[entry],
            scorer=self.scorer[entry],
            past=self.past[entry],
            word=self.word[entry],
            amount=self.amount[entry],
        )

    def lists(self, ids: NDArray[Any] | None = None) -> list[list[Contribution]]:
        """The contributions of each item; those of amount 0 are left out.

        ``ids``: (n_items,) what past items are called in them; None = their indices.
        """
        order = np.argsort(self.at, kind="stable")
        order = order[self.amount[order] != 0]
        scorers, words = self.scorers, (*self.words, None)
        past = self.past[order]
        names = past if ids is None else ids[past]
        # `map` over columns: a loop with its own steps is three times slower
        made = map(
            Contribution,
            [scorers[code] for code in self.scorer[order].tolist()],
            self.amount[order].tolist(),
            [
                None if item == NONE else name
                for item, name in zip(past.tolist(), names.tolist(), strict=True)
            ],
            [words[code] for code in self.word[order].tolist()],
        )
        counts = np.bincount(self.at[order], minlength=len(self)).tolist()
        return [list(islice(made, count)) for count in counts]

    def by_item(self, ids: NDArray[Any] | None = None) -> dict[int, list[Contribution]]:
        """``lists`` by item."""
        return dict(zip(self.items, self.lists(ids), strict=True))


@dataclass
class TableEntries:
    """Collects the columns of a table: ``at``, scorer, past item, word and amount, in pieces."""

    scorers: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    _parts: list[tuple[NDArray[Any], ...]] = field(default_factory=list)

    def table(self, items: Sequence[int]) -> ContributionTable:
        """The table of these items."""
        parts = zip((np.zeros(0),) * 5, *self._parts, strict=True)
        *places, amount = map(np.concatenate, parts)
        at, scorer, past, word = (column.astype(np.int32) for column in places)
        names = tuple(self.scorers), tuple(self.words)
        return ContributionTable(tuple(items), at, scorer, past, word, amount, *names)

    def add(
        self,
        scorer: str,
        at: NDArray[Any],
        amount: NDArray[Any],
        past: NDArray[Any] | None = None,
    ) -> None:
        """Contributions of one scorer, one for each of ``at``."""
        code = self.scorers.setdefault(scorer, len(self.scorers))
        none = np.full(len(at), NONE)
        past = none if past is None else past
        self._parts.append((at, np.full(len(at), code), past, none, amount))

    def add_lists(self, lists: Sequence[Sequence[Contribution]]) -> None:
        """A list of contributions for each item."""
        rows = [
            (
                at,
                self.scorers.setdefault(each.scorer, len(self.scorers)),
                NONE if each.item is None else each.item,
                NONE if each.word is None else self.words.setdefault(each.word, len(self.words)),
                each.amount,
            )
            for at, own in enumerate(lists)
            for each in own
        ]
        if rows:
            self._parts.append(tuple(map(np.array, zip(*rows, strict=True))))

    def add_table(self, table: ContributionTable) -> None:
        """All entries of a table of the same items."""
        codes = [self.scorers.setdefault(name, len(self.scorers)) for name in table.scorers]
        words = [self.words.setdefault(word, len(self.words)) for word in table.words]
        scorer = np.array([*codes, NONE])[table.scorer]
        word = np.array([*words, NONE])[table.word]
        self._parts.append((table.at, scorer, table.past, word, table.amount))
