"""Where independent blocks of a computation run: here, or wherever an executor sends them.

The block functions are the same everywhere, so the results are too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol, TypeVar

Block = TypeVar("Block")
Result = TypeVar("Result")


class BlockExecutor(Protocol):
    """Runs a function for each of many blocks."""

    def map_blocks(
        self, function: Callable[[Block], Result], blocks: Iterable[Block]
    ) -> Iterator[Result]:
        """The results in the order of the blocks.

        Args:
            function: without side effects; carries what all blocks need, and can be pickled.
            blocks: small.
        """


THREADS = min(2, os.cpu_count() or 1)
"""Blocks that this process makes at a time."""


@dataclass(frozen=True)
class Here:
    """The blocks in this process.

    Attributes:
        threads: so many at a time; with 1 each is made when its result is asked for, which bounds
            the memory.
    """

    threads: int = 1

    def map_blocks(
        self, function: Callable[[Block], Result], blocks: Iterable[Block]
    ) -> Iterator[Result]:
        if self.threads == 1:
            yield from map(function, blocks)
            return
        with ThreadPoolExecutor(self.threads) as executor:
            yield from executor.map(function, list(blocks))


HERE, HERE_SIDE_BY_SIDE = Here(), Here(THREADS)
_executor: ContextVar[BlockExecutor | None] = ContextVar("block_executor", default=None)


@contextmanager
def computed_on(executor: BlockExecutor) -> Iterator[None]:
    """Within it, blocks run on this executor."""
    token = _executor.set(executor)
    try:
        yield
    finally:
        _executor.reset(token)


def current_executor(otherwise: BlockExecutor = HERE) -> BlockExecutor:
    """``otherwise``: where blocks run without another executor."""
    return _executor.get() or otherwise
