"""Limits the tokens of a day over all processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from recommender.llm.client import Costs
from recommender.llm.errors import OutOfBudgetError

TWO_DAYS = 2 * 24 * 3600


class Memory(Protocol):
    """The methods of Django's caches. ``incr`` raises ValueError if there is no value."""

    def get(self, key: str) -> Any: ...
    def set(self, key: str, value: Any, timeout: float | None) -> Any: ...
    def add(self, key: str, value: Any, timeout: float | None) -> bool: ...
    def incr(self, key: str, delta: int) -> int: ...


class DailyCosts(Costs):
    """Costs that processes share through ``memory``. With 0 tokens a day nothing may be asked."""

    def __init__(self, memory: Memory, tokens_a_day: int, today: Callable[[], date]) -> None:
        super().__init__()
        self._memory, self._tokens_a_day, self._today = memory, tokens_a_day, today

    def check(self) -> None:
        """
        Raises:
            OutOfBudgetError: if today's tokens are spent.
        """
        spent = self._memory.get(self._key) or 0
        if spent >= self._tokens_a_day:
            raise OutOfBudgetError(f"{spent} of {self._tokens_a_day} tokens of today are spent")

    def add(self, *, prompt_tokens: int, completion_tokens: int = 0) -> None:
        super().add(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)
        tokens = prompt_tokens + completion_tokens
        if not self._memory.add(self._key, tokens, TWO_DAYS):
            self._memory.incr(self._key, tokens)

    @property
    def _key(self) -> str:
        return f"llm-tokens:{self._today().isoformat()}"
