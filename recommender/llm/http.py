"""One request over HTTP.

It is imported with the first request, so that a site without such a server never loads httpx2.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import httpx2

from recommender.llm.errors import LlmError, TryAgainError

RETRIED = frozenset({408, 409, 429, 500, 502, 503, 504})
"""Status codes that may change with the next try."""

MOST_BYTES = 64 * 1024**2
"""Of an answer. 2,048 vectors of 3,072 numbers as JSON take less."""

MAX_REASON = 300
"""Characters of an error answer that the exception repeats."""

logging.getLogger("httpx2").setLevel(logging.WARNING)  # otherwise a line per request

# No redirects: the POST would lose its body, and the key might go to another server.
_http = httpx2.Client(headers={"User-Agent": "longtail"}, follow_redirects=False)


def post_json(address: str, content: bytes, api_key: str, timeout: float) -> dict[str, Any]:
    """Post a JSON text. Returns the JSON object of the answer.

    Raises:
        TryAgainError: if the next try may succeed. The message has only the reason.
        LlmError: if not. The message has only the reason.
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
                raise _error_of(response, end)
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
    """The whole answer. The timeout holds for it too, also if it arrives slowly."""
    pieces, size = [], 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise LlmError(f"the answer is longer than {MOST_BYTES} bytes")
        if time.monotonic() > end:
            raise TryAgainError("timed out in the middle of the answer")
    return b"".join(pieces)


def _error_of(response: httpx2.Response, end: float) -> Exception:
    said = _read(response, end).decode(errors="replace")[:MAX_REASON].strip()
    reason = f"answers {response.status_code} {said or response.reason_phrase}"
    if response.status_code not in RETRIED:
        return LlmError(reason)
    asked = response.headers.get("Retry-After", "")
    return TryAgainError(reason, float(asked) if asked.isdigit() else None)
