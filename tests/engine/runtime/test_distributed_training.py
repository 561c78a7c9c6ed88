from __future__ import annotations

import os
import socket
import subprocess
import sys

import numpy as np
import pytest

from tests.engine.builders import tf_config

pytestmark = pytest.mark.tensorflow


def test_two_processes_learn_the_same_as_one(tmp_path):
    from tests.engine.scorers.sequential.worker import losses_and_table

    children = start(tmp_path, [3, 3])
    losses, table = losses_and_table()
    for index, child in enumerate(children):
        assert child.wait(timeout=150) == 0, (tmp_path / f"{index}.log").read_text()[-2000:]
    first, second = (np.load(tmp_path / f"{index}.npz") for index in range(2))
    np.testing.assert_allclose(first["losses"], losses, rtol=1e-4)
    np.testing.assert_array_equal(first["losses"], second["losses"])
    np.testing.assert_array_equal(first["table"], second["table"])
    np.testing.assert_allclose(first["table"], table, atol=1e-3)


def test_machines_with_different_data_stop_with_an_error(tmp_path):
    for index, child in enumerate(start(tmp_path, [3, 4])):
        assert child.wait(timeout=150) != 0
        assert "differ from those of the others" in (tmp_path / f"{index}.log").read_text()


def start(folder, seeds):
    """Start a process for each seed of the data, all in one cluster."""
    hosts = [f"127.0.0.1:{port}" for port in free_ports(len(seeds))]
    return [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.engine.scorers.sequential.worker",
                str(folder / f"{index}.npz"),
                str(seed),
                tf_config(index, hosts),
            ],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=subprocess.DEVNULL,
            stderr=(folder / f"{index}.log").open("wb"),
        )
        for index, seed in enumerate(seeds)
    ]


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [open_.getsockname()[1] for open_ in sockets]
    for open_ in sockets:
        open_.close()
    return ports
