"""Redis away, PostgreSQL restarted, a web process killed: what was acknowledged is stored, once."""

from __future__ import annotations

import os
import time

import psutil
import pytest

from tests.faults.load import API, AWAY, Load, stored
from tests.faults.postgres import Cluster
from tests.faults.servers import Site, wait_until

pytestmark = pytest.mark.faults

REDIS_AWAY = float(os.environ.get("REDIS_AWAY_SECONDS", "30"))
"""Seconds; `make test-faults REDIS_AWAY_SECONDS=8` is enough to see the states change."""

THREE_MINUTES_LATER = """
UPDATE recommender_trainingrun SET created_at = created_at - interval '3 minutes'
"""
STATE_OF_THE_RUN = "SELECT state FROM recommender_trainingrun"


def nothing_is_lost(site: Site, load: Load, cluster: Cluster) -> None:
    """What was acknowledged is there; what was not is there after the program sends it again."""
    assert load.without_retry_after == 0
    assert load.acknowledged <= stored(site, cluster)
    load.repeat_the_rest()
    assert load.acknowledged == set(load.sent) == stored(site, cluster)


def test_redis_away_under_load(cluster, postgres_site, postgres_key):
    site, key = postgres_site, postgres_key
    database = site.environment["DATABASE_URL"]
    valkey = site.start_valkey()
    site.start_web()
    site.start_worker("default,texts,long,training")
    wait_until(lambda: site.health()["worker"] == "ok", "the worker did not start")
    with Load(site, key) as load:
        load.goes_on_for(20)
        valkey.kill()
        valkey.wait()
        end = time.monotonic() + REDIS_AWAY
        assert load.ask("training", "POST", f"{API}/training-runs", {}) == 202
        while time.monotonic() < end:
            load.goes_on_for(20)
        assert site.health()["cache"] == "unavailable"
        assert cluster.ask(database, STATE_OF_THE_RUN) == "queued"
        site.start_valkey()
        wait_until(lambda: site.health()["cache"] == "ok", "the cache did not come back")
        load.goes_on_for(20)
    assert load.statuses() <= {200, 201, 202, 503}, load.answers
    nothing_is_lost(site, load, cluster)
    cluster.ask(database, THREE_MINUTES_LATER)
    wait_until(
        lambda: cluster.ask(database, STATE_OF_THE_RUN) != "queued",
        "no sweep sent the run that was queued while the broker was away",
        seconds=90,
    )


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_restarts_under_load(cluster, postgres_site, postgres_key, mode):
    site, key = postgres_site, postgres_key
    site.start_valkey()
    web = site.start_web()
    before = web_processes(web.pid)
    with Load(site, key) as load:
        load.goes_on_for(50)
        cluster.pg_ctl("restart", "-m", mode)
        load.goes_on_for(50)
    assert load.statuses() <= {200, 201, 503}, (load.answers, site.log("web")[-4000:])
    nothing_is_lost(site, load, cluster)
    assert web_processes(web.pid) == before


def web_processes(pid: int) -> set[int]:
    return {child.pid for child in psutil.Process(pid).children()}


def test_a_web_process_is_killed_under_load(cluster, postgres_site, postgres_key):
    site, key = postgres_site, postgres_key
    site.start_valkey()
    web = site.start_web("--workers", "2")
    with Load(site, key) as load:
        load.goes_on_for(20)
        for _ in range(3):
            before = web_processes(web.pid)
            os.kill(min(before), 9)
            wait_until(
                lambda before=before: len(web_processes(web.pid) - {min(before)}) == 2,
                "no other process was started",
            )
            load.goes_on_for(30)
    assert load.statuses() <= {200, 201, AWAY}, load.answers
    nothing_is_lost(site, load, cluster)
