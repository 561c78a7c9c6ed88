"""The drawn curve falls, starts at its corner, and contains every dot."""

from __future__ import annotations

import re

import pytest

from catalog.browse import popularity_svg

PLACES = [place / 20 for place in range(21)]


def test_the_curve_always_falls_and_stays_above_zero():
    heights = [popularity_svg.height(place) for place in PLACES]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == pytest.approx(1)
    assert heights[-1] > 0


def test_the_head_is_steeper_than_the_tail():
    assert popularity_svg.height(0) - popularity_svg.height(0.1) > 5 * (
        popularity_svg.height(0.9) - popularity_svg.height(1)
    )


@pytest.mark.parametrize("popularity_rank", [-1, 0, 0.5, 1, 2])
def test_every_dot_is_on_the_drawing(popularity_rank):
    x, y = popularity_svg.point(popularity_rank, 48, 16, 2)
    assert 2 <= x <= 46
    assert 2 <= y <= 14


def test_the_line_runs_through_the_dots():
    points = {
        tuple(map(float, pair))
        for pair in re.findall(r"([\d.]+) ([\d.]+)", popularity_svg.line(400, 56, 2))
    }
    assert popularity_svg.point(0, 400, 56, 2) in points
    assert popularity_svg.point(1, 400, 56, 2) in points


def test_an_area_from_the_middle_excludes_the_head():
    xs = [
        float(x)
        for x, _y in re.findall(r"([\d.]+) ([\d.]+)", popularity_svg.area(400, 56, 2, start=0.5))
    ]
    assert min(xs) == 200
