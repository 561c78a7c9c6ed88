"""Stages whose results are stored, so that a training that was killed goes on after the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from recommender.engine.data.types import Progress
from recommender.engine.runtime.failed_components import FailedComponents
from recommender.engine.runtime.progress import StageClock

Result = TypeVar("Result")
Known = Mapping[str, object]
"""Objects that every attempt has, by name; results refer to them, and are stored without them."""


class StageStore(Protocol):
    """Stores the results of finished stages. A store belongs to one training: same data, seed and
    code."""

    def load(self, stage: str, known: Known) -> Any:
        """The result; None if none is stored, or if it cannot be read."""

    def save(self, stage: str, result: Any, known: Known) -> None:
        """Store a result, or do nothing if that is impossible."""


class NoStore:
    """Stores nothing."""

    def load(self, stage: str, known: Known) -> Any:
        return None

    def save(self, stage: str, result: Any, known: Known) -> None:
        return None


class ResumableStages:
    """Runs the stages of a training; those that are stored are not run again.

    A stage is stored with the components that had failed by its end, and with the seconds that it
    took, so that a resumed training has the same warnings and times.
    """

    def __init__(self, clock: StageClock, store: StageStore, failed: FailedComponents) -> None:
        self._clock, self._store, self._failed = clock, store, failed

    def once(
        self, name: str, act: Callable[[Progress], Result], known: Known | None = None
    ) -> Result:
        """The result of ``act``, or the stored one. ``act`` takes its own progress callback.

        ``known``: what the result refers to but is not stored with it.
        """
        known = known or {}
        stored = self._store.load(name, known)
        if stored is not None:
            result, reasons, seconds = stored
            self._failed.reasons.update(reasons)
            with self._clock.stage(name):
                pass
            self._clock.seconds[name] = seconds
            return result  # type: ignore[no-any-return]
        with self._clock.stage(name) as progress:
            result = act(progress)
        stage = (result, dict(self._failed.reasons), self._clock.seconds[name])
        self._store.save(name, stage, known)
        return result
