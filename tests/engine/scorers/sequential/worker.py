"""One machine of a distributed training: it fits the sequence model and writes the result."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from recommender.engine.data.types import FloatArray
from recommender.engine.runtime.distributed_training import strategy
from recommender.engine.runtime.tf_cluster import Cluster, join_cluster
from recommender.engine.scorers.sequential import fit_training
from recommender.engine.scorers.sequential.params import SequenceParams
from tests.engine.builders import random_dataset

PARAMS = SequenceParams(
    hidden=8, dimensions=8, negatives=20, max_epochs=3, dropout=0.0, id_dropout=0.0
)
VECTORS = np.random.default_rng(5).normal(size=(30, 6)).astype(np.float32)


def losses_and_table(seed: int = 3) -> tuple[list[float], FloatArray]:
    """Loss of every step, and the trained item table; ``seed``: of the data."""
    data = random_dataset(seed, n_users=120, n_items=30, n_events=1500)
    losses: list[float] = []
    learn = fit_training.Learner.learn

    def watched(learner: fit_training.Learner, batch: fit_training.Batch) -> float:
        losses.append(learn(learner, batch))
        return losses[-1]

    fit_training.Learner.learn = watched  # type: ignore[method-assign]
    try:
        network = fit_training.fit_network(data, VECTORS, PARAMS, seed=1)
    finally:
        fit_training.Learner.learn = learn  # type: ignore[method-assign]
    return losses, network.table


if __name__ == "__main__":
    join_cluster(Cluster.from_tf_config(sys.argv[3]))
    strategy()
    losses, table = losses_and_table(int(sys.argv[2]))
    np.savez(Path(sys.argv[1]), losses=losses, table=table)
