"""A training that is killed after any stage ends as if nothing had happened."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from recommender.engine.pipeline import Request
from recommender.engine.runtime.part_done import part_done
from recommender.engine.runtime.progress import StageClock
from recommender.engine.runtime.resuming import NoStore
from recommender.engine.runtime.tf_cluster import Cluster
from recommender.engine.scorers.blend import Blend
from recommender.engine.storage import artifacts
from recommender.engine.train import STAGES, Contender, train
from tests.engine.builders import random_dataset

DATA = random_dataset(n_users=60, n_items=30, n_events=900)
LIVE = Contender(Blend({"popularity": 1.0}))


class Killed(BaseException):
    """What a kill does to the computation: nothing catches it."""


class Memory:
    """Stores stages as bytes, and kills the training after one of them."""

    def __init__(self, last: str = "") -> None:
        self.last, self.stored, self.loaded = last, {}, []

    def load(self, stage, known):
        if stage not in self.stored:
            return None
        self.loaded.append(stage)
        return pickle.loads(self.stored[stage])

    def save(self, stage, result, known):
        self.stored[stage] = pickle.dumps(result)
        if stage == self.last:
            raise Killed


def trained(store=None, **options):
    return train(DATA, seed=5, live=LIVE, store=store, **options)


def arrays(result, folder):
    """The bytes of the artifact's files, by name."""
    artifacts.write(folder, result.recommender, item_ids=np.arange(DATA.n_items), about={})
    return {path.name: path.read_bytes() for path in folder.glob("*.npy")}


def lists(result):
    requests = [Request(DATA.query(user)) for user in range(DATA.n_users)]
    made = result.recommender.recommend_many(requests)
    return [[(item.item, item.score) for item in one.ranked_items] for one in made]


@pytest.fixture(scope="module")
def whole():
    return trained()


@pytest.mark.parametrize("last", STAGES)
def test_a_resumed_training_has_the_same_result(whole, tmp_path, last):
    store = Memory(last)
    with pytest.raises(Killed):
        trained(store)
    store.last = ""
    resumed = trained(store)
    assert store.loaded == list(STAGES)[: list(STAGES).index(last) + 1]
    assert lists(resumed) == lists(whole)
    assert arrays(resumed, tmp_path / "resumed") == arrays(whole, tmp_path / "whole")
    assert (resumed.blend, resumed.metrics) == (whole.blend, whole.metrics)
    assert resumed.baseline_metrics == whole.baseline_metrics
    assert resumed.live_metrics == whole.live_metrics
    assert resumed.report == whole.report
    assert resumed.seconds.keys() == whole.seconds.keys()


def test_what_failed_before_the_kill_stays_left_out(monkeypatch):
    monkeypatch.setattr(
        "recommender.engine.scorers.item_knn.ItemKnn.score_batch", lambda *given: 1 / 0
    )
    store = Memory("tuning")
    with pytest.raises(Killed):
        train(DATA, seed=5, evaluate=False, store=store)
    store.last = ""
    monkeypatch.undo()
    resumed = train(DATA, seed=5, evaluate=False, store=store)
    left_out = {each["component"] for each in resumed.warnings}
    assert "item_knn" in left_out
    assert not left_out & set(resumed.blend.weights)


def test_the_time_of_a_stored_stage_is_that_of_the_attempt_that_did_it():
    store = Memory()
    first = train(DATA, seed=5, learn=False, evaluate=False, store=store)
    assert train(DATA, seed=5, learn=False, evaluate=False, store=store).seconds == first.seconds


def test_the_machines_of_a_cluster_store_nothing(monkeypatch):
    monkeypatch.setattr("recommender.engine.train.join_cluster", lambda cluster: None)
    monkeypatch.setattr("recommender.engine.runtime.distributed_training.strategy", lambda: None)
    cluster = Cluster(("one:1", "two:1"))
    store = Memory()
    train(DATA, seed=5, learn=False, evaluate=False, interests=False, cluster=cluster, store=store)
    assert store.stored == {}


def test_nothing_is_stored_unless_a_store_is_given():
    store = NoStore()
    assert store.load("texts", {}) is None
    assert store.save("texts", "result", {}) is None


def test_a_part_of_a_stage_reports_the_latest_fraction():
    reports = []
    clock = StageClock({"fit": 1.0, "write": 1.0}, lambda *report: reports.append(report))
    part_done()
    with clock.stage("fit") as progress:
        progress("", 0.5)
        part_done()
    part_done()
    assert reports == [("fit", 0.0), ("fit", 0.25), ("fit", 0.25), ("fit", 0.5)]
