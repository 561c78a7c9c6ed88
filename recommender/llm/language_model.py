"""An external language model whose answers are optional."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommender.llm.budget import Memory
from recommender.llm.client import Client
from recommender.llm.errors import LlmError

logger = logging.getLogger(__name__)

MONTH = 30 * 24 * 3600
REST = 60
"""Seconds without requests after a failure, so that queued tasks do not wait one by one."""


@dataclass(frozen=True)
class LanguageModel:
    """Caches its answers in ``memory``, and returns None instead of failing."""

    client: Client
    memory: Memory

    @property
    def name(self) -> str:
        return self.client.endpoint.model or self.client.endpoint.url

    def ask(self, messages: Sequence[Mapping[str, str]], *, max_tokens: int) -> str | None:
        """The answer. None if there is none now."""
        key = self._key("answer", json.dumps([*messages], ensure_ascii=False), str(max_tokens))
        if (known := self.memory.get(key)) is not None:
            return str(known)
        if self.is_resting:
            return None
        try:
            answer = self.client.chat(messages, max_tokens=max_tokens)
        except LlmError as error:
            logger.warning("the language model did not answer: %s", error)
            self.memory.set(self._key("rest"), 1, REST)
            return None
        self.memory.set(key, answer, MONTH)
        return answer

    @property
    def is_resting(self) -> bool:
        """Whether a request failed within the last minute: an error, or spent tokens."""
        return self.memory.get(self._key("rest")) is not None

    def _key(self, kind: str, *parts: str) -> str:
        endpoint = self.client.endpoint
        digest = hashlib.sha256(
            "\0".join((endpoint.url, endpoint.model, *parts)).encode()
        ).hexdigest()
        return f"llm-{kind}:{digest}"
