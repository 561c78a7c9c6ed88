"""The cookies of this site. Every app registers its own, and the privacy page lists them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

A_DAY = 24 * 3600


@dataclass(frozen=True)
class Cookie:
    """``seconds``: lifetime after the cookie was last set; None until the browser is closed."""

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
    """The lifetime of cookies that end with the browser's window."""
