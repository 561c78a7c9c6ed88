"""Case 23, faults 2 and 3: Valkey is stopped, killed and started again under a real site."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.servers import Site, kill_tree, wait_until

pytestmark = pytest.mark.faults

API = "/api/v1/catalogs/shop"
PAGES = ("/", "/c/shop/", "/c/shop/search/?q=mug", "/accounts/login/", "/accounts/password/reset/")
READS = (f"{API}/items", f"{API}/recommendations?user_id=p1&n=3", f"{API}/search?q=mug")
SLOW = 6.0
"""Seconds; a cache that hangs is asked once (0.3 s) and then left alone."""


def post_event(site: Site, key: dict[str, str], number: int) -> int:
    event = {
        "user_id": f"p{number % 12}",
        "item_id": "Red",
        "kind": "view",
        "event_id": f"e{number}",
    }
    return site.request("POST", f"{API}/interactions", event, **key)[0]


def all_answer(site: Site, key: dict[str, str], number: int) -> None:
    for path in PAGES:
        status, _body, _headers, seconds = site.get(path)
        assert (path, status) == (path, 200)
        assert seconds < SLOW, path
    for path in READS:
        status, body, _headers, seconds = site.get(path, **key)
        assert (path, status) == (path, 200), body
        assert seconds < SLOW, path
    assert post_event(site, key, number) == 201


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_reads_and_writes_go_on_without_redis_and_after_it_came_back(site, key, fault):
    valkey = site.start_valkey()
    site.start_web("--workers", "1")
    all_answer(site, key, 1)
    valkey.send_signal(fault)
    all_answer(site, key, 2)
    all_answer(site, key, 3)
    assert site.health()["cache"] == "unavailable"
    assert site.health()["status"] == "degraded"
    assert site.get("/readyz")[0] == 200
    assert site.log("web").count("Redis does not answer") == 1
    if fault == signal.SIGSTOP:
        valkey.send_signal(signal.SIGCONT)
    else:
        site.start_valkey()
    wait_until(lambda: site.health()["cache"] == "ok", "the cache did not come back")
    all_answer(site, key, 4)
    found = site.shell(
        "from catalog.models import Interaction as I; print(I.objects.filter("
        "event_id__in=['e1', 'e2', 'e3', 'e4']).count())"
    )
    assert found.splitlines()[-1] == "4"


def test_the_worker_outlives_a_restart_of_redis_while_events_flow(site, key):
    valkey = site.start_valkey()
    worker = site.start_worker()
    site.start_web("--workers", "1")
    wait_until(lambda: site.health()["worker"] == "ok", "the worker did not start")
    for number in range(12):
        assert post_event(site, key, number) == 201
    wait_until(lambda: "refresh_interest_texts" in site.log("worker"), "no task arrived")
    valkey.kill()
    valkey.wait()
    for number in range(12, 24):
        assert post_event(site, key, number) == 201
    wait_until(lambda: "onnection" in site.log("worker"), "the worker did not notice")
    done = site.log("worker").count("refresh_stale_interest_texts")
    site.start_valkey()
    wait_until(
        lambda: (
            site.log("worker").count("] succeeded") > 0
            and site.log("worker").count("sweep_training_runs") > done
        ),
        "the worker did not go on",
    )
    assert worker.poll() is None
    before = site.log("worker").count("succeeded")
    wait_until(lambda: post_event(site, key, 100 + os.getpid()) in (200, 201), "no event")
    wait_until(lambda: site.log("worker").count("succeeded") > before, "no task is done", 90)


def test_a_stopped_worker_shows_within_a_minute(site):
    site.start_valkey()
    worker = site.start_worker()
    site.start_web("--workers", "1")
    wait_until(lambda: site.health()["worker"] == "ok", "the worker did not start")
    wait_until(lambda: site.health()["beat"] == "ok", "the scheduler did not start")
    kill_tree(worker)
    wait_until(
        lambda: (site.health()["worker"], site.health()["beat"]) == ("silent", "silent"),
        "its silence does not show",
        seconds=60,
    )
    assert site.health()["status"] == "degraded"
