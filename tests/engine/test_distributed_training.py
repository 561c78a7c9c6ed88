from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest

from recommender.engine.distributed_training import agreed, cluster
from recommender.engine.errors import DataError

HOSTS = ["one.example:2222", "two.example:2222"]


def told(index, hosts=HOSTS):
    return json.dumps({"cluster": {"worker": hosts}, "task": {"type": "worker", "index": index}})


def test_without_the_setting_there_is_one_machine(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert cluster() == (0, 1)
    assert agreed(0.25) == 0.25


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


@pytest.mark.tensorflow
def test_two_processes_learn_what_one_learns(tmp_path, monkeypatch):
    from tests.engine.scorers.sequence_worker import losses_and_table

    monkeypatch.delenv("TF_CONFIG", raising=False)
    hosts = [f"127.0.0.1:{port}" for port in free_ports(2)]
    children = [start(tmp_path / f"{index}.npz", told(index, hosts)) for index in range(2)]
    losses, table = losses_and_table()
    for child in children:
        assert child.wait(timeout=150) == 0, child.stderr.read().decode()[-2000:]
    first, second = (np.load(tmp_path / f"{index}.npz") for index in range(2))
    np.testing.assert_allclose(first["losses"], losses, rtol=1e-4)
    np.testing.assert_array_equal(first["losses"], second["losses"])
    np.testing.assert_array_equal(first["table"], second["table"])
    np.testing.assert_allclose(first["table"], table, atol=1e-3)


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [open_.getsockname()[1] for open_ in sockets]
    for open_ in sockets:
        open_.close()
    return ports


def start(path, config):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engine.scorers.sequence_worker", str(path)],
        env={**os.environ, "TF_CONFIG": config, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
