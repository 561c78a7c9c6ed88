"""Catalogues at the edge: hardly any item, hardly any text, hardly any event."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recommender.engine.data.dataset import Dataset, Items, Log

LETTERS = "abcdefghij"

TITLES: dict[str, Callable[[int], str]] = {
    "empty": lambda _item: "",
    "identical": lambda _item: "Blue mug",
    "one word": lambda item: "".join(LETTERS[int(digit)] for digit in f"{item:05d}"),
    "numeric": lambda item: str(100_000 + item),
    "emoji": lambda item: "\U0001f600" * (1 + item % 3),
    "SKU": lambda item: f"SKU{item:06d}",
    "two scripts": lambda item: ("Ünïcödé Straße", "数据分析", "كتاب", "a" * 400)[item % 4],
}

EVENTS: dict[str, Callable[[int], list[tuple[int, int]]]] = {
    "no events": lambda _n: [],
    "one person": lambda n: [(0, item) for item in range(min(n, 20))],
    "one event each": lambda n: [(user, user % n) for user in range(30)],
    "the same item": lambda _n: [(user, 0) for user in range(30)],
    "some": lambda n: [
        (user, (user * 7 + step * step) % n) for user in range(40) for step in range(4)
    ],
    "many": lambda n: [
        (user, (user * 7 + step * step) % n) for user in range(300) for step in range(8)
    ],
}


def items(n: int, titles: str) -> Items:
    return Items([TITLES[titles](item) for item in range(n)], [""] * n, [()] * n)


def degenerate(n: int, titles: str, events: str) -> Dataset:
    pairs = np.array(EVENTS[events](n), dtype=np.int32).reshape(-1, 2)
    weights, times = np.ones(len(pairs), np.float32), np.arange(len(pairs), dtype=np.int64)
    people = int(pairs[:, 0].max(initial=-1)) + 1
    return Dataset(items(n, titles), Log(pairs[:, 0], pairs[:, 1], weights, times), people)
