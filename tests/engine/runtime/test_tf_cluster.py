from __future__ import annotations

import pytest

from recommender.engine.data.errors import DataError
from recommender.engine.runtime.tf_cluster import Cluster, current_cluster, join_cluster
from tests.engine.builders import HOSTS, tf_config


@pytest.mark.parametrize("text", ["", "  \n"])
def test_without_the_setting_this_machine_trains_alone(text):
    assert Cluster.from_tf_config(text) == Cluster()
    assert Cluster().workers == 1


def test_the_setting_names_the_machines_and_this_one():
    cluster = Cluster.from_tf_config(tf_config(1))
    assert (cluster.addresses, cluster.index, cluster.workers) == (tuple(HOSTS), 1, 2)


@pytest.mark.parametrize(
    "value", ["two hosts", "[]", "{}", '{"cluster": {"worker": 3}, "task": {"index": 0}}']
)
def test_an_invalid_setting_is_rejected_with_its_name(value):
    with pytest.raises(DataError, match="TF_CONFIG"):
        Cluster.from_tf_config(value)


def test_an_index_outside_the_cluster_is_rejected():
    with pytest.raises(DataError, match=r"task\.index 2 outside 0 … 1"):
        Cluster.from_tf_config(tf_config(2))


def test_a_process_is_alone_until_it_joins_a_cluster():
    assert current_cluster() == Cluster()
    join_cluster(Cluster.from_tf_config(tf_config(1)))
    try:
        assert current_cluster().workers == 2
    finally:
        join_cluster(Cluster())
