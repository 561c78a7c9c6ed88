"""Training a network on several machines: TensorFlow's own TF_CONFIG says which, and nothing else is to be set.

Every machine runs the same training on the same data and computes its share of each batch; gradients are added up over
the network, so that all hold the same weights after every step.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from recommender.engine.errors import DataError

SETTING = "TF_CONFIG"
COLLECTIVE_TIMEOUT = 1800
"""Seconds a machine waits for the others at the start: they may still be reading or fitting other parts."""


def cluster() -> tuple[int, int]:
    """This machine's place among the workers, and how many there are; (0, 1) where ``TF_CONFIG`` is not set.

    Raises:
        DataError: naming the setting, where it is set and cannot be understood.
    """
    told = os.environ.get(SETTING, "").strip()
    if not told:
        return 0, 1
    try:
        config: dict[str, Any] = json.loads(told)
        workers = len(config["cluster"]["worker"])
        place = int(config["task"]["index"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f'{SETTING}: needs {{"cluster": {{"worker": […]}}, "task": {{…}}}}, got {told[:80]}') from error
    if not 0 <= place < workers:
        raise DataError(f"{SETTING}: task.index {place} outside 0 … {workers - 1}")
    return place, workers


@cache
def strategy() -> Any:
    """Where variables live and steps run. Must be asked for before TensorFlow computes anything in this process."""
    import tensorflow as tf

    _, workers = cluster()
    if workers == 1:
        return tf.distribute.get_strategy()
    options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=COLLECTIVE_TIMEOUT)
    return tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)


def agreed(value: float) -> float:
    """The mean over all machines: what each of them decides by must be the same number."""
    import tensorflow as tf

    _, workers = cluster()
    if workers == 1:
        return value

    def mean() -> Any:
        return tf.distribute.get_replica_context().all_reduce("mean", tf.constant(value, tf.float64))

    return float(strategy().run(tf.function(mean)))
