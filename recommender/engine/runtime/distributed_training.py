"""Training a network on several machines; see ``tf_cluster``."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

from recommender.engine.data.errors import DataError
from recommender.engine.runtime.tf_cluster import SETTING, Cluster, current_cluster

COLLECTIVE_TIMEOUT = 1800
"""Seconds to wait for the other machines: they may still read data or fit other components."""


def strategy() -> Any:
    """TensorFlow's distribution strategy. Call it before TensorFlow computes in this process."""
    return _strategy_of(current_cluster())


@cache
def _strategy_of(cluster: Cluster) -> Any:
    import tensorflow as tf

    if cluster.workers == 1:
        return tf.distribute.get_strategy()
    machines = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": list(cluster.addresses)}),
        task_type="worker",
        task_id=cluster.index,
        rpc_layer="grpc",
    )
    options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=COLLECTIVE_TIMEOUT)
    return tf.distribute.MultiWorkerMirroredStrategy(machines, communication_options=options)


def agreed(value: float) -> float:
    """The mean of the value over all machines, so that all of them decide alike."""
    import tensorflow as tf

    if current_cluster().workers == 1:
        return value

    def mean() -> Any:
        return tf.distribute.get_replica_context().all_reduce(
            "mean", tf.constant(value, tf.float64)
        )

    return float(strategy().run(tf.function(mean)))


def reject_different(arrays: Iterable[np.ndarray]) -> None:
    """Check that all machines have the same data: else training would hang or learn nonsense.

    Raises:
        DataError: on every machine, if the data differs.
    """
    if current_cluster().workers == 1:
        return
    checksum = 0
    for array in arrays:
        checksum = zlib.crc32(np.ascontiguousarray(array).tobytes(), checksum)
    if agreed(checksum) != checksum:
        raise DataError(
            f"{SETTING}: this machine's data or settings differ from those of the others"
        )
