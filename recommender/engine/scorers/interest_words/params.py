"""Parameters of the interest model."""

from __future__ import annotations

from dataclasses import dataclass

LATEST = 20
"""Past items that are read."""

FADING = 0.8
"""Weight of a past item in the mean, relative to the next newer one."""


@dataclass(frozen=True)
class InterestParams:
    """Parameters of the network and of its training.

    Attributes:
        width: of the network's vectors.
        hidden: units of the LSTMs.
        places: most positions of histories to train on, over all epochs.
        fewest: windows of histories below which the network is not trained.
        stored: form of the network's matrices, see ``quantisation``.
    """

    width: int = 96
    hidden: int = 96
    places: int = 120_000
    fewest: int = 100
    stored: str = "float16"
