from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.contributions import ContributionTable, TableEntries
from recommender.engine.data.types import Contribution

LISTS = [
    [Contribution("words", 1.5, word="tea"), Contribution("item_knn", 2.0, item=0)],
    [],
    [Contribution("item_knn", -1.0, item=7), Contribution("base", 0.25)],
]
ITEMS = (4, 9, 2)


def test_a_table_gives_back_the_lists():
    table = ContributionTable.of(ITEMS, LISTS)
    assert table.lists() == LISTS
    assert table.by_item() == dict(zip(ITEMS, LISTS, strict=True))
    assert table.explained().tolist() == [True, False, True]


def test_an_amount_of_zero_is_no_contribution():
    entries = TableEntries()
    entries.add("words", np.array([0, 1]), np.array([0.0, 3.0]))
    assert entries.table([5, 6]).lists() == [[], [Contribution("words", 3.0)]]


def test_sums_are_by_item_and_scorer():
    table = ContributionTable.of(ITEMS, LISTS)
    sums = dict(zip(table.scorers, table.sums(np.abs(table.amount)).T.tolist(), strict=True))
    assert sums == {"words": [1.5, 0, 0], "item_knn": [2, 0, 1], "base": [0, 0, 0.25]}


def test_more_contributions_come_after_those_of_the_table():
    more = [[Contribution("words", 0.5, word="cup")], [], [Contribution("dial", 1.0)]]
    table = ContributionTable.of(ITEMS, LISTS).with_more(more)
    assert table.lists() == [[*own, *added] for own, added in zip(LISTS, more, strict=True)]


@pytest.mark.parametrize("items", [{2}, {4, 2}, set(), {4, 9, 2}])
def test_the_table_of_some_of_the_items(items):
    table = ContributionTable.of(ITEMS, LISTS).among(items)
    left = {item: own for item, own in zip(ITEMS, LISTS, strict=True) if item in items}
    assert table.by_item() == left


def test_a_table_without_items():
    table = ContributionTable.of([], [])
    assert table.lists() == []
    assert table.sums(table.amount).shape == (0, 0)
