"""Components that failed while a recommender was trained: they are left out, the others stay."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from recommender.engine.data.errors import EngineError

logger = logging.getLogger(__name__)

LONGEST_REASON = 300

Result = TypeVar("Result")


@dataclass
class FailedComponents:
    """``reasons``: by component, in the order in which they failed."""

    reasons: dict[str, str] = field(default_factory=dict)

    def attempt(self, name: str, act: Callable[[], Result]) -> Result | None:
        """The result of ``act``; None if it fails: then the component counts as failed.

        The traceback is logged. Errors of the data and the settings are not caught: they name what
        somebody must change. Nor is a lack of memory: the others would fail for it too.
        """
        try:
            return act()
        except (EngineError, MemoryError):
            raise
        except Exception as error:
            logger.exception("%s failed and is left out of the model", name)
            self.add(name, error)
            return None

    def add(self, name: str, error: Exception) -> None:
        reason = str(error).strip().partition("\n")[0][:LONGEST_REASON]
        self.reasons.setdefault(name, f"{type(error).__name__}: {reason}".rstrip(": "))

    def __contains__(self, name: str) -> bool:
        return name in self.reasons

    def as_list(self) -> list[dict[str, str]]:
        """JSON values: the name of each component, and its reason."""
        return [{"component": name, "reason": reason} for name, reason in self.reasons.items()]


def as_line(warning: Mapping[str, str]) -> str:
    """One entry of ``as_list`` for a terminal."""
    return f"{warning['component']} failed and is left out of the model: {warning['reason']}"
