"""The popularity curve of the admin's first page."""

from __future__ import annotations

import numpy as np

from recommender.admin.popularity import curve_of


def test_the_curve_puts_the_best_known_first_and_splits_head_from_tail() -> None:
    known = np.array([0] * 90 + [10] * 10)
    shown = np.array([1] * 100)
    curve = curve_of(np.stack([known, shown], axis=1))
    assert curve.known[:2] == (0.5, 0.5)
    assert sum(curve.known[2:]) == 0
    assert curve.shares == {
        "known": {"head": "100%", "tail": "0%"},
        "shown": {"head": "20%", "tail": "80%"},
    }


def test_a_curve_without_impressions_draws_one_line_only() -> None:
    curve = curve_of(np.stack([np.arange(40), np.zeros(40, dtype=int)], axis=1))
    assert curve.shown_path == ""
    assert curve.known_path.startswith("M0,96 L0.0,4.0")
