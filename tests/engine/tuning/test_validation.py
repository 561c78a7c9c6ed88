from __future__ import annotations

import numpy as np

from recommender.engine.tuning.validation import is_ordinal, shape_of
from tests.engine.tuning.logs import DAY, bursts, everlasting, ordinals


def test_with_people_on_both_sides_the_log_is_cut_at_one_instant():
    assert shape_of(everlasting()) == "time"


def test_positions_are_ordinal_times():
    assert is_ordinal(ordinals())
    assert not is_ordinal(everlasting())
    assert shape_of(ordinals()) == "last"


def test_for_people_of_one_day_the_last_items_are_held_out():
    assert shape_of(bursts()) == "last"


def test_if_all_people_are_served_the_last_items_are_held_out():
    data = everlasting()
    later = data.with_log(data.log.take((data.log.users < 30) | (data.log.times < DAY * 4)))
    assert shape_of(later, np.arange(40, dtype=np.int32)) == "last"
    assert shape_of(later, np.arange(30, dtype=np.int32)) == "time"
    assert shape_of(later) == "time"
