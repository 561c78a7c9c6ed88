"""A text encoder on a server: any ``/v1/embeddings`` with the OpenAI protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from recommender.engine.data.errors import EncoderError
from recommender.engine.data.types import FloatArray, Progress, no_progress
from recommender.engine.text.whitening import unit_rows
from recommender.llm.client import Client
from recommender.llm.errors import LlmError

BATCH = 64
"""Texts per request. A server on one machine takes about a second for them."""


class EmbeddingEncoder:
    """Encodes texts on a server. The dimension is requested when it is first needed."""

    def __init__(self, client: Client, batch: int = BATCH) -> None:
        self.client = client
        self.batch = batch
        self.name = client.endpoint.model
        where = hashlib.sha256(client.endpoint.url.rstrip("/").encode()).hexdigest()[:16]
        self.fingerprint = f"embeddings:{where}:{client.endpoint.model}"

    @cached_property
    def dimension(self) -> int:
        return self._ask(["dimension"]).shape[1]

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> FloatArray:
        """(len(texts), dimension) float32 rows of length 1.

        Raises:
            EncoderError: if the server does not answer with one vector per text, all of one length.
        """
        made = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), self.batch):
            some = texts[start : start + self.batch]
            rows = self._ask(some)
            if rows.shape[1] != self.dimension:
                raise EncoderError(
                    f"{self._address}: vectors of {rows.shape[1]} numbers "
                    f"after some of {self.dimension}"
                )
            made[start : start + len(some)] = rows
            progress("encoding", (start + len(some)) / len(texts))
        return unit_rows(made)

    @property
    def _address(self) -> str:
        return self.client.endpoint.address("embeddings")

    def _ask(self, texts: Sequence[str]) -> FloatArray:
        try:
            answer = self.client.post(
                "embeddings", {"input": list(texts), "encoding_format": "float"}
            )
        except LlmError as error:
            raise EncoderError(str(error)) from error
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise EncoderError(
                f"{self._address}: no list of equally long vectors in the answer"
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EncoderError(
                f"{self._address}: shape {vectors.shape} for {len(texts)} texts, or not numbers"
            )
        return vectors
