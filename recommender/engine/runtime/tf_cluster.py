"""The machines that train together.

Every machine runs the same training on the same data and computes its share of each batch. The
gradients of all machines are added, so that all have the same weights after each step.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

from recommender.engine.data.errors import DataError

SETTING = "TF_CONFIG"


@dataclass(frozen=True)
class Cluster:
    """``addresses``: host:port of every machine, in the same order on all machines.

    ``index``: the position of this machine. Without addresses this machine trains alone.
    """

    addresses: tuple[str, ...] = ()
    index: int = 0

    @property
    def workers(self) -> int:
        """Number of machines that share a batch; 1 if this machine trains alone."""
        return max(1, len(self.addresses))

    @classmethod
    def from_tf_config(cls, text: str) -> Self:
        """The cluster in TensorFlow's own setting; this machine alone if ``text`` is blank.

        Raises:
            DataError: names the setting, if it is invalid.
        """
        if not (text := text.strip()):
            return cls()
        try:
            config: dict[str, Any] = json.loads(text)
            addresses = tuple(str(address) for address in list(config["cluster"]["worker"]))
            index = int(config["task"]["index"])
        except (ValueError, KeyError, TypeError) as error:
            needed = '{"cluster": {"worker": […]}, "task": {…}}'
            raise DataError(f"{SETTING}: needs {needed}, got {text[:80]}") from error
        if not 0 <= index < len(addresses):
            raise DataError(f"{SETTING}: task.index {index} outside 0 … {len(addresses) - 1}")
        return cls(addresses, index)


ALONE = Cluster()
_cluster: ContextVar[Cluster] = ContextVar("cluster", default=ALONE)


def join_cluster(cluster: Cluster) -> None:
    """Train as a machine of this cluster from now on.

    This holds for the whole process, because TensorFlow connects the machines once, before it
    computes.
    """
    _cluster.set(cluster)


def current_cluster() -> Cluster:
    return _cluster.get()
