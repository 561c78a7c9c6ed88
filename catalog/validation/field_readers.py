"""Reads single values of a row, and gives the reason for a bad one."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from config.text_forms import plain_text

#: Clocks differ: a time this far in the future counts as now.
CLOCK_DIFFERENCE = timedelta(minutes=1)
#: Books are old, but some time zones cannot represent the first days of year 1.
EARLIEST_YEAR = 1000
LATEST_YEAR = 9000
LENGTHS = {
    "item_id": 255,
    "user_id": 255,
    "event_id": 100,
    "title": 500,
    "provider": 200,
    "category": 500,
    "image_url": 1000,
    "group": 255,
    "session": 100,
}
#: Texts that people read: markup and entities are removed.
_READ_BY_PEOPLE = frozenset({"title", "description", "provider", "category"})
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")


class BadField(ValueError):
    """A bad field of a row."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field}: {shorten(value)}: {reason}")
        self.field, self.value, self.reason = field, shorten(value), reason


def shorten(value: object, length: int = 80) -> str:
    """A value as an error shows it."""
    text = "" if value is None else str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= length else text[: length - 1] + "…"


def read_text(name: str, value: object) -> str:
    """A text without surrounding space; characters that no database can store are errors."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise BadField(name, value, _("must be text"))
    text = str(value).strip()
    limit = LENGTHS.get(name)
    if not storable(text):
        raise BadField(name, text, _("contains a NUL character or an unpaired surrogate"))
    if name in _READ_BY_PEOPLE:
        text = plain_text(text)
    if limit and len(text) > limit:
        raise BadField(name, text, _("is longer than %(limit)s characters") % {"limit": limit})
    return text


def storable(text: str) -> bool:
    return "\x00" not in text and (text.isascii() or not _HALF_PAIR.search(text))


def read_key(name: str, value: object) -> str:
    text = "" if value is None else read_text(name, value)
    if not text:
        raise BadField(name, value, _("is empty"))
    return text


def read_number(name: str, value: object) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadField(name, value, _("must be a number"))
    return number


def read_time(
    name: str, value: object, *, now: datetime, may_be_future: bool = False
) -> datetime | None:
    """A time: ISO 8601 (UTC without a zone), or seconds since 1970; None if it is empty.

    ``may_be_future``: up to the year 9000, as the start of a sale may be; else a minute from now.
    """
    if value is None or value == "":
        return None
    moment = value if isinstance(value, datetime) else _parse_time(name, value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment.year < EARLIEST_YEAR:
        raise BadField(name, value, _("is before the year %(year)s") % {"year": EARLIEST_YEAR})
    if may_be_future:
        return _before(LATEST_YEAR, name, value, moment)
    if moment > now + CLOCK_DIFFERENCE:
        raise BadField(name, value, _("is in the future"))
    return min(moment, now)


def _before(year: int, name: str, value: object, moment: datetime) -> datetime:
    if moment.year > year:
        raise BadField(name, value, _("is after the year %(year)s") % {"year": year})
    return moment


def _parse_time(name: str, value: object) -> datetime:
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return _parse_iso(name, value)
    except OverflowError:
        seconds = math.inf
    if isinstance(value, bool) or not math.isfinite(seconds) or seconds < 0:
        raise BadField(
            name, value, _("must be a time: ISO 8601, or seconds since 1970 (0 or more)")
        )
    if seconds > 1e11:
        raise BadField(name, value, _("is in the future: send seconds, not milliseconds"))
    return datetime.fromtimestamp(seconds, UTC)


def _parse_iso(name: str, value: object) -> datetime:
    try:
        return datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise BadField(
            name, value, _("must be a time: ISO 8601, or seconds since 1970 (0 or more)")
        ) from None
