from __future__ import annotations

import pytest

from recommender.engine.runtime.progress import StageClock, Steps


def test_stages_are_timed_and_reported_as_shares_of_the_whole():
    reported, times = [], iter([0.0, 2.0, 2.0, 5.0])
    clock = StageClock(
        {"read": 1.0, "write": 3.0}, lambda *step: reported.append(step), lambda: next(times)
    )
    with clock.stage("read"):
        pass
    with clock.stage("write") as inner:
        inner("anything", 0.5)
    assert clock.seconds == {"read": 2.0, "write": 3.0}
    assert reported == [
        ("read", 0),
        ("read", 0.25),
        ("write", 0.25),
        ("write", pytest.approx(0.625)),
        ("write", 1.0),
    ]


def test_steps_share_the_progress_of_their_stage():
    reported = []
    steps = Steps(4, lambda name, fraction: reported.append(fraction))
    for _ in range(2):
        step = steps.next()
        step("lists", 0.5)
        step("lists", 1.0)
    assert reported == [0.125, 0.25, 0.375, 0.5]
