"""A client of servers with the OpenAI protocol, with limited time and retries."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)

from recommender.llm.errors import LlmError, OutOfBudgetError, TryAgainError

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0
"""Seconds before the first retry, doubled for each further one."""

CHARACTERS_A_TOKEN = 3
"""For servers that do not report the cost of an answer: an upper estimate of the tokens."""


@dataclass(frozen=True)
class Endpoint:
    """A server and its model.

    Attributes:
        url: with its version, like ``http://localhost:8080/v1``.
        timeout: seconds for one try.
    """

    url: str
    model: str
    api_key: str = ""
    timeout: float = 20.0
    retries: int = 2

    def address(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}"


class Costs:
    """Counts requests and tokens, up to ``most_tokens``. Threads may share it."""

    def __init__(self, most_tokens: int | None = None) -> None:
        self.most_tokens = most_tokens
        self.requests = self.retries = self.prompt_tokens = self.completion_tokens = 0
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def check(self) -> None:
        """Call it before a request.

        Raises:
            OutOfBudgetError: if the tokens are spent.
        """
        if self.most_tokens is not None and self.tokens >= self.most_tokens:
            raise OutOfBudgetError(f"{self.tokens} of {self.most_tokens} tokens are spent")

    def add(self, *, prompt_tokens: int, completion_tokens: int = 0) -> None:
        """Call it after an answer."""
        with self._lock:
            self.requests += 1
            self.prompt_tokens += prompt_tokens
            self.completion_tokens += completion_tokens

    def retried(self) -> None:
        with self._lock:
            self.retries += 1


class Client:
    """A client of one endpoint. ``wait`` sleeps between tries; tests pass their own."""

    def __init__(
        self,
        endpoint: Endpoint,
        costs: Costs | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.endpoint = endpoint
        self.costs = costs or Costs()
        self._wait = wait

    def chat(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> str:
        """The text of the answer to ``{"role", "content"}`` messages.

        Raises:
            LlmError: if there is none.
        """
        asked = {
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
        }
        answer = self.post("chat/completions", asked)
        try:
            return str(answer["choices"][0]["message"]["content"] or "")
        except (KeyError, IndexError, TypeError) as error:
            raise LlmError(
                f"{self.endpoint.address('chat/completions')}: the answer holds no message"
            ) from error

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post a JSON body with the model's name. Returns the JSON answer and counts its cost.

        Raises:
            LlmError: if there is no such answer after the last retry.
        """
        address = self.endpoint.address(path)
        content = json.dumps({"model": self.endpoint.model, **body}).encode()
        try:
            answer = self._retrying(address)(self._once, address, content)
        except OutOfBudgetError:
            raise
        except (TryAgainError, LlmError) as error:
            raise LlmError(f"{address}: {self._without_key(str(error))}") from error
        self._count(answer, content)
        return answer

    def _retrying(self, address: str) -> Retrying:
        def again(state: RetryCallState) -> None:
            self.costs.retried()
            logger.info("%s: %s; asking again", address, self._without_key(str(_failure(state))))

        return Retrying(
            retry=retry_if_exception_type(TryAgainError),
            stop=stop_after_attempt(self.endpoint.retries + 1),
            wait=_pause,
            sleep=self._wait,
            before_sleep=again,
            reraise=True,
        )

    def _once(self, address: str, content: bytes) -> dict[str, Any]:
        from recommender.llm.http import post_json

        self.costs.check()
        return post_json(address, content, self.endpoint.api_key, self.endpoint.timeout)

    def _without_key(self, text: str) -> str:
        """A server may repeat the key in its error."""
        return text.replace(self.endpoint.api_key, "…") if self.endpoint.api_key else text

    def _count(self, answer: Mapping[str, Any], content: bytes) -> None:
        usage = answer.get("usage")
        tokens = usage if isinstance(usage, dict) else {}
        self.costs.add(
            prompt_tokens=int(tokens.get("prompt_tokens") or len(content) // CHARACTERS_A_TOKEN),
            completion_tokens=int(tokens.get("completion_tokens") or 0),
        )


_doubled = wait_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT)


def _pause(state: RetryCallState) -> float:
    """Seconds: what the server asks for, else twice the previous pause."""
    failure = _failure(state)
    asked = failure.wait if isinstance(failure, TryAgainError) else None
    return min(LONGEST_WAIT, asked or _doubled(state))


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
