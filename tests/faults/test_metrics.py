"""Fault 15: two web processes say the same."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.faults

EVENTS = re.compile(rb'^longtail_events_total\{kind="view"\} ([0-9.]+)$', re.MULTILINE)


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
