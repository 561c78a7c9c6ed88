from __future__ import annotations

import numpy as np

from recommender.engine.data.nomination import SCANNED, Nomination

ITEMS = np.arange(10, 20, dtype=np.int32)
SCORES = np.array([0, 9, 8, 7, 6, 5, 4, 3, -1, 1], dtype=np.float32)
HEAD = np.arange(20) < 15


def named(allowed=None, size=2, tail_size=1):
    return sorted(set(Nomination(size, tail_size, HEAD, allowed).best(ITEMS, SCORES).tolist()))


def test_the_best_items_are_named_and_the_best_of_the_tail():
    assert named() == [11, 12, 15]
    assert named(size=100) == [11, 12, 13, 14, 15, 16, 17, 19]


def test_a_filter_holds_before_anything_is_cut_off():
    assert named(np.isin(np.arange(20), [10, 13, 14, 16, 17, 18])) == [13, 14, 16]


def test_an_ordered_list_is_followed_until_enough_are_allowed():
    n = 3 * SCANNED
    order = np.random.default_rng(0).permutation(n).astype(np.int32)
    allowed = np.zeros(n, dtype=bool)
    allowed[order[-5:]] = True
    wanted = Nomination(3, 0, np.zeros(n, dtype=bool), allowed)
    assert wanted.first(order).tolist() == order[-5:-2].tolist()
    assert Nomination(3, 0, allowed).first(order).tolist() == order[:3].tolist()
