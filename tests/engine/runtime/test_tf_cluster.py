from __future__ import annotations

import json

import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.runtime.tf_cluster import cluster

HOSTS = ["one.example:2222", "two.example:2222"]


def told(index, hosts=HOSTS):
    return json.dumps({"cluster": {"worker": hosts}, "task": {"type": "worker", "index": index}})


def test_without_the_setting_there_is_one_machine(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert cluster() == (0, 1)


def test_the_setting_tells_this_machine_s_place(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", told(1))
    assert cluster() == (1, 2)


@pytest.mark.parametrize("value", ["two hosts", "[]", "{}", '{"cluster": {"worker": 3}, "task": {"index": 0}}'])
def test_a_setting_that_makes_no_sense_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("TF_CONFIG", value)
    with pytest.raises(DataError, match="TF_CONFIG"):
        cluster()


def test_a_place_outside_the_cluster_is_refused(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", told(2))
    with pytest.raises(DataError, match=r"task\.index 2 outside 0 … 1"):
        cluster()
