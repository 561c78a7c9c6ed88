"""Parameters of the sequence model."""

from __future__ import annotations

from dataclasses import InitVar, dataclass


@dataclass(frozen=True)
class SequenceParams:
    """Parameters of the network and of its training.

    Attributes:
        latest: past items that are read.
        stored: form of the network's matrices, see ``quantisation``.
        max_positions: most predicted items, over all epochs.
        judged: most users whose last item is held out, for early stopping.
        cell, compared: older versions stored them; nothing reads them.
    """

    hidden: int = 64
    dimensions: int = 64
    latest: int = 32
    stored: str = "float16"
    learning_rate: float = 0.008
    negatives: int = 256
    batch: int = 1024
    dropout: float = 0.3
    id_dropout: float = 0.3
    max_epochs: int = 12
    patience: int = 2
    max_positions: int = 1_100_000
    judged: int = 500
    cell: InitVar[str] = ""
    compared: InitVar[int] = 0
