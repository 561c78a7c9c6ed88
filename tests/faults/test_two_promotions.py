"""Two versions are promoted at once, through two web processes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.faults.load import API

pytestmark = pytest.mark.faults

ROUNDS = 15
LIVE = "SELECT number FROM recommender_modelversion WHERE state = 'live'"


def test_exactly_one_is_live(cluster, postgres_site, postgres_key):
    site, key = postgres_site, postgres_key
    site.start_valkey()
    site.start_web("--workers", "2")
    barrier = Barrier(6)

    def promote(version: int) -> tuple[int, str]:
        barrier.wait()
        path = f"{API}/model-versions/{version}/promote"
        status, body, _headers, _seconds = site.request("POST", path, **key)
        return status, json.loads(body).get("code", "")

    with ThreadPoolExecutor(6) as threads:
        for _ in range(ROUNDS):
            answers = list(threads.map(promote, [1, 2] * 3))
            assert set(answers) == {(200, "")}
            live = cluster.ask(site.environment["DATABASE_URL"], LIVE).splitlines()
            assert live in (["1"], ["2"])
    path = f"{API}/recommendations?user_id=person-1&n=3"
    assert site.get(path, **key)[0] == 200
    assert "deadlock" not in (cluster.folder / "log").read_text()
