"""Trace of the pipeline stages: items in, items out, duration."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import ParamSpec, TypeVar

from recommender.engine.data.types import StageTrace

P = ParamSpec("P")
Result = TypeVar("Result", bound=Sized)


class Stopwatch:
    """Runs stages and records their trace. ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._trace: list[StageTrace] = []

    def run(
        self,
        stage: str,
        items_in: int,
        work: Callable[P, Result],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Result:
        start = self._clock()
        result = work(*args, **kwargs)
        milliseconds = 1000 * (self._clock() - start)
        figures = getattr(result, "figures", {})
        self._trace.append(StageTrace(stage, items_in, len(result), milliseconds, figures))
        return result

    @property
    def trace(self) -> tuple[StageTrace, ...]:
        return tuple(self._trace)
