"""The cookies that a browser keeps for this site: every app names its own, so that the privacy page has them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

A_DAY = 24 * 3600


@dataclass(frozen=True)
class Cookie:
    """``seconds``: how long it is kept, counted anew whenever it is set; None until the browser is closed."""

    name: str
    purpose: str | Promise
    seconds: Callable[[], int | None]

    @property
    def days(self) -> int | None:
        seconds = self.seconds()
        return None if seconds is None else seconds // A_DAY


_cookies: list[Cookie] = []


def register_cookies(*cookies: Cookie) -> None:
    _cookies.extend(cookies)


def cookies() -> tuple[Cookie, ...]:
    return tuple(_cookies)


def until_closed() -> None:
    """For cookies that go with the browser's window."""
