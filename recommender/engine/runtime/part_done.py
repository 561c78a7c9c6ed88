"""Lets inner loops tell who follows a training that they go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_follower: ContextVar[Callable[[], None] | None] = ContextVar("follower", default=None)


def part_done() -> None:
    """A part of a long computation is done: a block of rows, an epoch, a fit.

    For loops that do not know their share of the stage. Nothing happens if nobody follows.
    """
    follower = _follower.get()
    if follower is not None:
        follower()


@contextmanager
def followed_by(follower: Callable[[], None]) -> Iterator[None]:
    """Inside, ``part_done`` calls ``follower``."""
    former = _follower.set(follower)
    try:
        yield
    finally:
        _follower.reset(former)
