"""Fault 15: whichever web process answers, it says the same, also of workers and trainings."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.faults.servers import Site, wait_until

pytestmark = pytest.mark.faults

EVENTS = re.compile(
    rb'^longtail_events_total\{catalog="shop",kind="view"\} ([0-9.]+)$', re.MULTILINE
)


def test_counts_grow_by_one_whichever_process_answers(make_site, key):
    site = make_site(MONITORING_NETWORKS="127.0.0.0/8")
    site.start_valkey()
    site.start_web("--workers", "2")
    counts = []
    for number in range(10):
        event = {"user_id": "p1", "item_id": "Red", "kind": "view", "event_id": f"m{number}"}
        path = "/api/v1/catalogs/shop/interactions"
        assert site.request("POST", path, event, **key)[0] == 201
        counts.append(float(EVENTS.search(site.get("/metrics")[1])[1]))
    assert counts == [float(number) for number in range(1, 11)]
    assert b'longtail_queue_length{queue="default"}' in site.get("/metrics")[1]


def figures(site: Site, name: str) -> dict[bytes, float]:
    """The values of a figure by labels."""
    page = site.get("/metrics")[1]
    line = re.compile(rb"^%s(\{.*\})? ([0-9.e+-]+)$" % name.encode(), re.MULTILINE)
    return {labels: float(value) for labels, value in line.findall(page)}


def test_workers_scheduler_and_trainings_count_with_the_web(make_site, key):
    site = make_site(MONITORING_NETWORKS="127.0.0.0/8")
    site.start_valkey()
    site.start_web("--workers", "2")
    site.start_worker("default,training")
    path, run = "/api/v1/catalogs/shop/training-runs", {"quick": True}
    assert site.request("POST", path, run, **key)[0] in (201, 202)

    def ended() -> dict[bytes, float]:
        return figures(site, "longtail_training_runs_ended_total")

    wait_until(ended, "the training did not end")
    assert ended() == {b'{catalog="shop",state="succeeded"}': 1.0}  # counted in the training itself

    def done() -> Any:
        return figures(site, "longtail_tasks_total").get(
            b'{outcome="success",task="recommender.tasks.run_training"}'
        )

    wait_until(done, "the worker counted nothing")
    wait_until(
        lambda: any(b"sweep" in each for each in figures(site, "longtail_tasks_sent_total")),
        "the scheduler counted nothing",
    )
    assert [done() for _time in range(6)] == [1.0] * 6
    assert figures(site, "longtail_training_stage_seconds")
    assert site.get("/api/v1/catalogs/shop/recommendations?user_id=p1&n=3", **key)[0] == 200
    assert figures(site, "longtail_artifact_loads_total") == {
        b'{catalog="shop",outcome="loaded"}': 1.0
    }
