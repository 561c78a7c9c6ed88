"""Ask a server that speaks the OpenAI protocol: in bounded time, with bounded retries, at counted cost."""

from __future__ import annotations

import http.client
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

RETRIED = frozenset({408, 409, 429, 500, 502, 503, 504})
"""Answers that may be others the next time."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0
"""Seconds before the first retry, doubled for each further one."""

MOST_BYTES = 64 * 1024**2
"""Of an answer; 2,048 texts of 3,072 numbers, written out, take less."""

CHARACTERS_A_TOKEN = 3
"""For servers that do not say what an answer cost: rather too many tokens than too few."""


class LlmError(Exception):
    """The server cannot be used; the message names its address and why."""


class OutOfBudgetError(LlmError):
    """The tokens that may be spent are spent."""


@dataclass(frozen=True)
class Endpoint:
    """Where to ask. ``url``: with its version, like ``http://localhost:8080/v1``; ``timeout``: seconds a try."""

    url: str
    model: str
    api_key: str = ""
    timeout: float = 20.0
    retries: int = 2

    def address(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}"


class Costs:
    """Counts what was asked and what it cost; refuses once ``most_tokens`` are spent. Threads may share it."""

    def __init__(self, most_tokens: int | None = None) -> None:
        self.most_tokens = most_tokens
        self.requests = self.retries = self.prompt_tokens = self.completion_tokens = 0
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def check(self) -> None:
        """Before a request.

        Raises:
            OutOfBudgetError: when nothing may be spent any more.
        """
        if self.most_tokens is not None and self.tokens >= self.most_tokens:
            raise OutOfBudgetError(f"{self.tokens} of {self.most_tokens} tokens are spent")

    def add(self, *, prompt_tokens: int, completion_tokens: int = 0) -> None:
        """After an answer."""
        with self._lock:
            self.requests += 1
            self.prompt_tokens += prompt_tokens
            self.completion_tokens += completion_tokens

    def retried(self) -> None:
        with self._lock:
            self.retries += 1


class Client:
    """``wait`` sleeps between tries; a test gives its own."""

    def __init__(
        self, endpoint: Endpoint, costs: Costs | None = None, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self.endpoint = endpoint
        self.costs = costs or Costs()
        self._wait = wait

    def chat(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> str:
        """The answer's text to ``{"role", "content"}`` messages.

        Raises:
            LlmError: when there is none, for whatever reason.
        """
        asked = {"messages": list(messages), "max_tokens": max_tokens, "temperature": temperature, "seed": seed}
        answer = self.post("chat/completions", asked)
        try:
            return str(answer["choices"][0]["message"]["content"] or "")
        except (KeyError, IndexError, TypeError) as error:
            raise LlmError(f"{self.endpoint.address('chat/completions')}: the answer holds no message") from error

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON answer to a JSON body, the model's name added; its cost is counted.

        Raises:
            LlmError: when there is no such answer after the last retry.
        """
        address = self.endpoint.address(path)
        content = json.dumps({"model": self.endpoint.model, **body}).encode()
        for attempt in range(self.endpoint.retries + 1):
            self.costs.check()
            if attempt:
                self.costs.retried()
            try:
                answer = self._once(address, content)
            except _RetryError as error:
                if attempt == self.endpoint.retries:
                    raise LlmError(f"{address}: {error}") from error
                logger.info("%s: %s; asking again", address, error)
                self._wait(min(LONGEST_WAIT, error.wait or FIRST_WAIT * 2**attempt))
            else:
                self._count(answer, content)
                return answer
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _once(self, address: str, content: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "User-Agent": "longtail"}
        if self.endpoint.api_key:
            headers["Authorization"] = f"Bearer {self.endpoint.api_key}"
        request = urllib.request.Request(address, content, headers, method="POST")  # noqa: S310 - settings' address
        end = time.monotonic() + self.endpoint.timeout
        try:
            with _opener.open(request, timeout=self.endpoint.timeout) as response:
                answer = json.loads(_read(response, end))
        except urllib.error.HTTPError as error:
            raise _refusal(address, error) from error
        except (OSError, http.client.HTTPException) as error:  # URLError, timeouts and broken lines among them
            raise _RetryError(str(getattr(error, "reason", "") or error or type(error).__name__)) from error
        except ValueError as error:
            raise LlmError(f"{address}: the answer is not JSON") from error
        if not isinstance(answer, dict):
            raise LlmError(f"{address}: the answer is {type(answer).__name__}, not an object")
        return answer

    def _count(self, answer: Mapping[str, Any], content: bytes) -> None:
        usage = answer.get("usage")
        told = usage if isinstance(usage, dict) else {}
        self.costs.add(
            prompt_tokens=int(told.get("prompt_tokens") or len(content) // CHARACTERS_A_TOKEN),
            completion_tokens=int(told.get("completion_tokens") or 0),
        )


class _RetryError(Exception):
    """May go better the next time. ``wait``: seconds that the server asks for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would lose its body, and might carry the key to a stranger."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _read(response: http.client.HTTPResponse, end: float) -> bytes:
    """The whole answer; an answer that only trickles does not outlast the timeout."""
    pieces, size = [], 0
    while piece := response.read1(1 << 16):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise ValueError("too long")
        if time.monotonic() > end:
            raise TimeoutError("timed out in the middle of the answer")
    if response.length:  # read1 says nothing of a line that broke
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)


def _refusal(address: str, error: urllib.error.HTTPError) -> Exception:
    with error:
        said = error.read(300).decode(errors="replace").strip()
    reason = f"answers {error.code} {said or error.reason}"
    if error.code not in RETRIED:
        return LlmError(f"{address}: {reason}")
    asked = error.headers.get("Retry-After", "")
    return _RetryError(reason, float(asked) if asked.isdigit() else None)
