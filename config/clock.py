"""Whether the clock may be believed, which every deletion of what is old asks first.

A clock that jumps into the future makes everything old. The scheduler's heartbeats show a jump; the
app that stores them registers the check.
"""

from __future__ import annotations

from collections.abc import Callable

_checks: list[Callable[[], bool]] = []


def register(check: Callable[[], bool]) -> None:
    if check not in _checks:
        _checks.append(check)


def is_steady() -> bool:
    return all(check() for check in _checks)
