"""Which machines train together: TensorFlow's own TF_CONFIG says so, and nothing else is to be set.

Every machine runs the same training on the same data and computes its share of each batch of a network; gradients are
added up over the network, so that all hold the same weights after every step.
"""

from __future__ import annotations

import json
import os
from typing import Any

from recommender.engine.data.errors import DataError

SETTING = "TF_CONFIG"


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
