from __future__ import annotations

import threading

import numpy as np

from recommender.engine.runtime.positions import ABSENT, distinct, positions_of


def test_each_item_has_its_position_and_the_others_none():
    with positions_of(np.array([7, 2, 5]), 10) as place:
        assert place[:10].tolist() == [
            ABSENT,
            ABSENT,
            1,
            ABSENT,
            ABSENT,
            2,
            ABSENT,
            0,
            ABSENT,
            ABSENT,
        ]
    with positions_of(np.array([1]), 10) as place:
        assert place[:10].tolist() == [ABSENT, 0, *[ABSENT] * 8]


def test_the_positions_are_cleared_after_an_error():
    try:
        with positions_of(np.array([3]), 10):
            raise RuntimeError
    except RuntimeError:
        pass
    with positions_of(np.array([], dtype=np.int32), 10) as place:
        assert (place[:10] == ABSENT).all()


def test_items_are_made_distinct_without_sorting():
    rng = np.random.default_rng(0)
    for n in (0, 1, 50, 5000):
        items = rng.integers(0, 300, n)
        assert sorted(distinct(items, 300).tolist()) == sorted(set(items.tolist()))


def test_threads_do_not_share_an_array():
    other = []

    def look():
        with positions_of(np.array([4]), 10) as place:
            other.append(place[:10].tolist())

    with positions_of(np.array([2]), 10) as place:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert place[2] == 0
        assert place[4] == ABSENT
    assert other == [[ABSENT] * 4 + [0] + [ABSENT] * 5]
