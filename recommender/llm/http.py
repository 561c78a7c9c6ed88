"""One request over HTTP.

Imported with the first request: a site without such a server never loads httpx2.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import httpx2

from recommender.llm.errors import LlmError, TryAgainError

TRIED_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})
"""Answers that may be others the next time."""

MOST_BYTES = 64 * 1024**2
"""Of an answer; 2,048 texts of 3,072 numbers, written out, take less."""

TOLD = 300
"""Characters of a refusal that are told on."""

logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line a request otherwise

# A redirect is not followed: the POST would lose its body, and might carry the key to a stranger.
_http = httpx2.Client(headers={"User-Agent": "longtail"}, follow_redirects=False)


def post_json(address: str, content: bytes, api_key: str, timeout: float) -> dict[str, Any]:
    """The JSON object that a server answers to a JSON text.

    Raises:
        TryAgainError: when the next try may go better; names the reason only.
        LlmError: when it would not; names the reason only.
    """
    headers = {"Content-Type": "application/json"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    end = time.monotonic() + timeout
    try:
        with _http.stream(
            "POST", address, content=content, headers=headers, timeout=timeout
        ) as response:
            if not response.is_success:
                raise _refusal(response, end)
            answer = json.loads(_read(response, end))
    except (httpx2.LocalProtocolError, httpx2.InvalidURL, UnicodeError) as error:
        raise LlmError(
            f"cannot be asked, its address or key is not well formed ({type(error).__name__})"
        ) from None
    except httpx2.HTTPError as error:  # timeouts and broken lines among them
        raise TryAgainError(str(error) or type(error).__name__) from error
    except ValueError as error:
        raise LlmError("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise LlmError(f"the answer is {type(answer).__name__}, not an object")
    return answer


def _read(response: httpx2.Response, end: float) -> bytes:
    """The whole answer; an answer that only trickles does not outlast the timeout."""
    pieces, size = [], 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise LlmError(f"the answer is longer than {MOST_BYTES} bytes")
        if time.monotonic() > end:
            raise TryAgainError("timed out in the middle of the answer")
    return b"".join(pieces)


def _refusal(response: httpx2.Response, end: float) -> Exception:
    said = _read(response, end).decode(errors="replace")[:TOLD].strip()
    reason = f"answers {response.status_code} {said or response.reason_phrase}"
    if response.status_code not in TRIED_AGAIN:
        return LlmError(reason)
    asked = response.headers.get("Retry-After", "")
    return TryAgainError(reason, float(asked) if asked.isdigit() else None)
