"""Fault 15: who may read the figures, and what they say."""

from __future__ import annotations

import re

import pytest

from recommender.training import heartbeats
from tests.factories import make_staff, make_user


@pytest.fixture
def page(client, settings, db):
    settings.MONITORING_NETWORKS = ["127.0.0.0/8"]

    def read():
        answer = client.get("/metrics")
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def value(page, line):
    found = re.search(rf"^{re.escape(line)} ([0-9.e+-]+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_strangers_find_nothing(client, settings, db):
    settings.MONITORING_TOKEN = "a token of monitoring"
    assert client.get("/metrics").status_code == 404
    client.force_login(make_user())
    assert client.get("/metrics").status_code == 404
    wrong = {"authorization": "Bearer another token"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    right = {"authorization": "Bearer a token of monitoring"}
    assert client.get("/metrics", headers=right).status_code == 200
    client.force_login(make_staff())
    assert client.get("/metrics").status_code == 200


def test_events_and_lists_are_counted(page, client, items):
    event, made = 'longtail_events_total{kind="like"}', 'longtail_lists_total{fallback="popular"}'
    before = page()
    client.post(f"/c/shop/items/{items[0].pk}/act/", {"kind": "like"})
    client.get("/c/shop/")
    after = page()
    assert value(after, event) == value(before, event) + 1
    assert value(after, made) > value(before, made)


def test_runs_versions_and_processes_are_read(page, live_version):
    heartbeats.beat(["worker"])
    text = page()
    assert value(text, 'longtail_training_runs{state="succeeded"}') == 1
    assert 'longtail_training_run_age_seconds{state="succeeded"}' in text
    assert value(text, 'longtail_live_version{catalog="shop"}') == live_version.number
    assert value(text, 'longtail_heartbeat_age_seconds{process="worker"}') < 60
