"""Reads single values of a row, and gives the reason for a bad one."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from catalog.validation.time_forms import (
    Form,
    are_seconds,
    compact_date,
    form_of,
    is_dashed,
    number_of,
    wrong_unit,
)
from config.text_forms import plain_text, with_visible_nul

#: Clocks differ: a time this far in the future counts as now.
CLOCK_DIFFERENCE = timedelta(minutes=1)
#: Books are old, but some time zones cannot represent the first days of year 1.
EARLIEST_YEAR = 1000
LATEST_YEAR = 9000
LAST_YEAR = 9999
LENGTHS = {
    "item_id": 255,
    "user_id": 255,
    "event_id": 100,
    "title": 5000,
    "provider": 200,
    "category": 500,
    "language": 10,
    "image_url": 1000,
    "group": 255,
    "session": 100,
}
#: Texts that people read: markup and entities are removed.
_READ_BY_PEOPLE = frozenset({"title", "description", "provider", "category"})
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")
#: What programs write for "no value". In an id it is an error; a title may be "None".
NO_VALUE = frozenset(
    {
        "nan", "-nan", "nat", "null", "(null)", "<null>", "[null]", "none", "nil", "<nil>", "\\n",
        "na", "n/a", "<na>", "#na", "#n/a", "undefined", "inf", "-inf", "infinity", "-infinity",
        "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan",
    }
)  # fmt: skip
_LONGEST_NO_VALUE = max(map(len, NO_VALUE))
#: Bidirectional controls, zero-width characters and control characters: two ids would look alike.
#: The joiners U+200C and U+200D belong between letters beyond ASCII, as in Persian and in emoji.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164"
    "\ufeff\uffa0]|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_DAY_MONTH = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(\d{4}|\d{2})\b")
#: Whole floats above this have lost digits.
_EXACT = 2**53


class BadField(ValueError):
    """A bad field of a row."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field}: {shorten(value)}: {reason}")
        self.field, self.value, self.reason = field, shorten(value), reason


def shorten(value: object, length: int = 80) -> str:
    """A value as an error shows it."""
    text = "" if value is None else str(value).encode("utf-8", "replace").decode()
    text = with_visible_nul(text)
    return text if len(text) <= length else text[: length - 1] + "…"


def read_text(name: str, value: object) -> str:
    """A text without surrounding space; characters that no database can store are errors.

    A number becomes its digits, and 12.0 becomes 12.
    """
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise BadField(name, value, _("must be text"))
    if isinstance(value, float):
        value = _digits(name, value)
    text = str(value).strip()
    limit = LENGTHS.get(name)
    if not storable(text):
        raise BadField(name, text, _("contains a NUL character or an unpaired surrogate"))
    if name in _READ_BY_PEOPLE:
        text = plain_text(text)
    if limit and len(text) > limit:
        raise BadField(name, text, _("is longer than %(limit)s characters") % {"limit": limit})
    return text


def _digits(name: str, value: float) -> str:
    if not math.isfinite(value):
        raise BadField(name, value, _("must be text, not %(value)s") % {"value": value})
    return str(int(value)) if _is_whole(value) else str(value)


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) < _EXACT


def storable(text: str) -> bool:
    return "\x00" not in text and (text.isascii() or not _HALF_PAIR.search(text))


def read_key(name: str, value: object) -> str:
    """An id: a text, or a whole number.

    Raises:
        BadField: if it is empty, a fraction, a word for "no value" (NULL, NaN, None, \\N, N/A), or
            has characters that nobody sees.
    """
    if isinstance(value, float) and math.isfinite(value) and not _is_whole(value):
        raise BadField(name, value, _("must be text or a whole number"))
    if type(value) is str and _is_plain(value) and len(value) <= LENGTHS.get(name, 0):
        return value
    text = "" if value is None else read_text(name, value)
    if not text:
        raise BadField(name, value, _("is empty"))
    if len(text) <= _LONGEST_NO_VALUE and text.casefold() in NO_VALUE:
        raise BadField(name, value, _("is empty: this word stands for “no value”"))
    if found := _UNSEEN.search(text):
        reason = _("contains the invisible character U+%(code)s")
        raise BadField(name, value, reason % {"code": f"{ord(found.group()):04X}"})
    return text


def _is_plain(text: str) -> bool:
    """Whether nothing in a text needs a closer look, as in nearly all ids."""
    return (
        text.isascii()
        and text.isprintable()
        and text[:1] not in ("", " ")
        and text[-1] != " "
        and (len(text) > _LONGEST_NO_VALUE or text.lower() not in NO_VALUE)
    )


def read_number(name: str, value: object) -> float:
    """A finite number; 1_000 and 1,000 are none."""
    number = number_of(value.strip() if isinstance(value, str) else value)
    if number is None:
        raise BadField(name, value, _("must be a number"))
    if not math.isfinite(number):
        raise BadField(name, value, _("must be a finite number"))
    return number


def read_time(
    name: str, value: object, *, now: datetime, may_be_future: bool = False
) -> datetime | None:
    """A time as `read_moment` reads it; None if it is empty.

    ``may_be_future``: up to the year 9000, as the start of a sale may be; else a minute from now.
    """
    moment = read_moment(name, value)
    if moment is None:
        return None
    if may_be_future:
        return _plausible(name, value, moment)
    if moment <= now:
        return moment
    if moment > now + CLOCK_DIFFERENCE:
        raise BadField(name, value, _("is in the future"))
    return now


def _plausible(name: str, value: object, moment: datetime) -> datetime:
    if moment.year > LATEST_YEAR:
        raise BadField(name, value, _("is after the year %(year)s") % {"year": LATEST_YEAR})
    if form_of(value) is Form.SMALL:  # a year, or a day number of Excel
        raise BadField(
            name, value, _("must be a time: ISO 8601, or seconds since 1970 (0 or more)")
        )
    return moment


def read_moment(name: str, value: object) -> datetime | None:
    """A time: ISO 8601 (UTC without a zone), a date without dashes, or seconds since 1970."""
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        return None
    moment = value if isinstance(value, datetime) else _parse_time(name, value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment.year < EARLIEST_YEAR:
        raise BadField(name, value, _("is before the year %(year)s") % {"year": EARLIEST_YEAR})
    return moment


def _parse_time(name: str, value: object) -> datetime:
    if type(value) is str:  # the two forms of nearly all logs
        if are_seconds(value):
            return datetime.fromtimestamp(int(value), UTC)
        if is_dashed(value):
            return _parse_iso(name, value)
    form = form_of(value)
    if form is Form.COMPACT and (date := compact_date(value)):
        return date
    if form in (Form.SECONDS, Form.SMALL):
        return datetime.fromtimestamp(number_of(value) or 0.0, UTC)
    if reason := wrong_unit(value):
        raise BadField(name, value, reason)
    if form is Form.TEXT and isinstance(value, str):
        return _parse_iso(name, value)
    raise BadField(name, value, _("must be a time: ISO 8601, or seconds since 1970 (0 or more)"))


def _parse_iso(name: str, value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if not 1 < moment.year < LAST_YEAR:
            moment.astimezone(UTC)  # the first and last days of the calendar have no UTC
    except (ValueError, OverflowError):
        reason = _("must be a time: ISO 8601, or seconds since 1970 (0 or more)")
        if _DAY_MONTH.match(value):
            reason = _(
                "may be day/month or month/day; send 2024-01-31, or name --time-format, such as "
                "%d/%m/%Y"
            )
        raise BadField(name, value, reason) from None
    return moment
