"""Blocks on a real Dask cluster: the same results as here, also when its workers die."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine import batch
from recommender.engine.batch import BatchRequest, recommend_from_files
from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.runtime.block_executor import current_executor
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.markov import Transitions
from recommender.engine.text import encoding_cache
from recommender.engine.text.encoding_cache import CachedEncoder, EncodingCache
from recommender.engine.text.nearest import Cosines, nearest
from recommender.engine.text.sentence_encoder import SentenceEncoder
from recommender.engine.text.whitening import unit_rows
from recommender.training import dask_executor
from recommender.training.dask_executor import ClusterError, on_cluster
from tests.faults.servers import ROOT, accepts, free_port, kill_tree, wait_until

pytestmark = pytest.mark.faults

N_ITEMS, N_PEOPLE, N_EVENTS = 4_500, 2_000, 40_000


@dataclass
class DaskCluster:
    """A scheduler and its workers, processes of their own."""

    port: int = field(default_factory=free_port)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self) -> None:
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        wait_until(lambda: accepts(self.port), "the scheduler did not start")

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0"
        )

    def _start(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        command = (sys.executable, "-m", f"distributed.cli.dask_{kind}", *options)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(
            (*command, "--no-dashboard"), cwd=ROOT, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.started.append(process)
        return process

    def wait_for_workers(self, n: int) -> None:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(n, timeout=300)

    def stop(self) -> None:
        for process in reversed(self.started):
            kill_tree(process)


def started(workers: int) -> Iterator[DaskCluster]:
    cluster = DaskCluster()
    try:
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.start_worker()
        cluster.wait_for_workers(workers)
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def lasting() -> Iterator[DaskCluster]:
    yield from started(2)


@pytest.fixture
def cluster(lasting, settings) -> DaskCluster:
    settings.DASK_SCHEDULER = lasting.address
    return lasting


@pytest.fixture
def mortal(settings) -> Iterator[DaskCluster]:
    """A cluster of the test's own."""
    for each in started(2):
        settings.DASK_SCHEDULER = each.address
        yield each


@pytest.fixture(scope="module")
def log() -> Dataset:
    rng = np.random.default_rng(0)
    users = rng.integers(N_PEOPLE, size=N_EVENTS).astype(np.int32)
    items = np.minimum(rng.zipf(1.2, size=N_EVENTS) - 1, N_ITEMS - 1).astype(np.int32)
    ones, times = np.ones(N_EVENTS, dtype=np.float32), np.arange(N_EVENTS, dtype=np.int64)
    titles = [f"item {item}" for item in range(N_ITEMS)]
    texts = Items(titles, [""] * N_ITEMS, [()] * N_ITEMS)
    return Dataset(texts, Log(users, items, ones, times), N_PEOPLE)


def same(one: sp.csr_matrix, other: sp.csr_matrix) -> bool:
    """Bit by bit."""
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("data", "indices", "indptr")
    )


@pytest.mark.parametrize("kind", [ItemKnn, Transitions])
def test_neighbours_are_the_same(cluster, log, kind):
    here = kind().fit(log, np.random.default_rng(0)).weights
    with on_cluster():
        there = kind().fit(log, np.random.default_rng(0)).weights
    assert here.nnz > 20_000
    assert same(here, there)


@pytest.mark.parametrize("exact_below", [10_000, 1_000])
def test_near_texts_are_the_same(cluster, exact_below):
    rng = np.random.default_rng(0)
    words = sp.random(N_ITEMS, 300, 0.02, format="csr", dtype=np.float32, random_state=rng)
    views = [unit_rows(rng.normal(size=(N_ITEMS, 16)).astype(np.float32))]
    here = nearest(Cosines(words, views), exact_below)
    with on_cluster():
        assert same(here, nearest(Cosines(words, views), exact_below))


def test_texts_are_encoded_the_same(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(encoding_cache, "CHUNK", 512)
    texts = [f"a {colour} {thing} {n}" for n in range(400) for colour in ("red", "blue")
             for thing in ("mug", "towel")]  # fmt: skip
    encoder = SentenceEncoder()
    here = CachedEncoder(encoder, EncodingCache(tmp_path / "here")).encode(texts)
    with on_cluster():
        there = CachedEncoder(encoder, EncodingCache(tmp_path / "there")).encode(texts)
    np.testing.assert_allclose(here, there, atol=1e-5)


def test_lists_of_all_people_are_the_same(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "PEOPLE", 5)
    rows = [f"p{person},{'mt'[person % 2]}{(person // 2 + act) % 8},{person + 30 * act}"
            for person in range(30) for act in range(5)]  # fmt: skip
    interactions, items = tmp_path / "log.csv", tmp_path / "items.csv"
    interactions.write_text("user_id,item_id,timestamp\n" + "\n".join(rows) + "\n")
    names = [f"{kind}{n},{word} {n}" for kind, word in (("m", "mug"), ("t", "towel"))
             for n in range(8)]  # fmt: skip
    items.write_text("item_id,title\n" + "\n".join(names) + "\n")
    wanted = BatchRequest(
        interactions, items, None, tmp_path / "here.csv", without=("sequence_lstm",)
    )
    recommend_from_files(wanted)
    with on_cluster():
        recommend_from_files(
            BatchRequest(interactions, items, None, tmp_path / "there.csv", without=wanted.without)
        )
    made = (tmp_path / "here.csv").read_text()
    assert made.count("\n") > 100
    assert made == (tmp_path / "there.csv").read_text()


def slowly(block: int) -> int:
    time.sleep(0.1)
    return block * block


def test_a_worker_that_is_killed_in_the_middle_is_survived(mortal):
    with on_cluster():
        found = current_executor().map_blocks(slowly, range(60))
        results = [next(found)]
        mortal.started[1].kill()
        results.extend(found)
    assert results == [block * block for block in range(60)]


def test_without_any_worker_left_the_rest_runs_here(mortal, monkeypatch):
    monkeypatch.setattr(dask_executor, "LOOK_SECONDS", 0.5)
    with on_cluster():
        found = current_executor().map_blocks(slowly, range(40))
        results = [next(found)]
        for worker in mortal.started[1:]:
            worker.kill()
        results.extend(found)
    assert results == [block * block for block in range(40)]


def test_without_a_scheduler_everything_runs_here_and_the_log_says_so(
    settings, monkeypatch, caplog
):
    monkeypatch.setattr(dask_executor, "CONNECT_SECONDS", 1)
    settings.DASK_SCHEDULER = f"tcp://127.0.0.1:{free_port()}"
    with on_cluster():
        assert list(current_executor().map_blocks(slowly, range(3))) == [0, 1, 4]
    assert "everything is computed here" in caplog.text


def test_an_error_of_a_block_is_raised_as_here(cluster):
    with on_cluster(), pytest.raises(ZeroDivisionError):
        list(current_executor().map_blocks(divide, [1, 0]))


def divide(block: int) -> float:
    return 1 / block


def test_workers_of_another_release_are_rejected(cluster, monkeypatch):
    monkeypatch.setattr(dask_executor, "OWN_RELEASE", "another")
    with pytest.raises(ClusterError, match="another release"), on_cluster():
        pass
