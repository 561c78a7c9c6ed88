"""What a time that is a bare number looks like: seconds, a date without dashes, a year and so on.

Numbers below 100,000,000 mean little alone: 2014 may be a year or the 2,014th row. So the values of
a file, of a bulk post or of a single post are looked at together (`Survey`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

FIRST_SECONDS = 100_000_000
"""March 1973; smaller numbers are order numbers, years or days."""
MILLISECONDS, MICROSECONDS, NANOSECONDS, TOO_LARGE = 1e11, 1e14, 1e17, 1e20
_YEARS, _MONTHS, _EXCEL = (1900, 2100), (190001, 210012), (20_000, 80_000)
_UNIX_DAYS = (10_957, 24_837)
"""From the year 2000 to 2038; Excel's numbers of 1930 to 1967."""
_DATES = {6: "%y%m%d", 7: "%Y%j"}
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_COMPACT = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_FIRST_YEAR = {8: 1900, 10: 1970, 12: 1970, 14: 1900}


class Form(StrEnum):
    EMPTY = "empty"
    TEXT = "text"
    SECONDS = "seconds"
    COMPACT = "compact"
    SMALL = "small"
    NEGATIVE = "negative"
    MILLISECONDS = "ms"
    MICROSECONDS = "us"
    NANOSECONDS = "ns"
    TOO_LARGE = "large"


def number_of(value: Any) -> float | None:
    """The bare number that a value is; None for a text that is none, and for booleans."""
    if isinstance(value, (int, float)):
        return None if isinstance(value, bool) else _as_float(value)
    if not isinstance(value, str) or not value or value[-1:].isalpha():
        return None
    return None if "_" in value else _as_float(value)


def _as_float(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
    except OverflowError:
        return math.inf


def compact_date(value: Any) -> datetime | None:
    """A date written without dashes: 20141118, 2014111823, 201411182359 or 20141118235959."""
    text = str(value).strip() if isinstance(value, (int, str)) else _whole(value)
    pattern = _COMPACT.get(len(text))
    if pattern is None or not (text.isascii() and text.isdigit()):
        return None
    if not _FIRST_YEAR[len(text)] <= int(text[:4]) <= 2100:
        return None
    try:
        # strptime reads 201411182 as an hour of one digit; the length is checked above.
        return datetime.strptime(text, pattern).replace(tzinfo=UTC)
    except ValueError:
        return None


def _whole(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else ""


def is_date_of_digits(value: Any) -> bool:
    """Whether a small number may be a date such as 31122023, 12312023, 240131 or 2024031."""
    text = _whole(number_of(value))
    if len(text) in (7, 8) and (_is_date(text.zfill(8), "%d%m%Y", "%m%d%Y")):
        return True
    return len(text) in (6, 7) and _is_date(text, _DATES[len(text)])


def _is_date(text: str, *patterns: str) -> bool:
    for pattern in patterns:
        with suppress(ValueError):
            if 1900 <= datetime.strptime(text, pattern).year <= 2100:  # noqa: DTZ007 (a date)
                return True
    return False


def form_of(value: Any) -> Form:
    """The form of one value."""
    if value is None or value == "":
        return Form.EMPTY
    number = number_of(value)
    if number is None or math.isnan(number):
        return Form.TEXT
    if FIRST_SECONDS > number >= 0:
        return Form.COMPACT if number >= 19_000_101 and compact_date(value) else Form.SMALL
    if number < 0:
        return Form.NEGATIVE
    if number >= 1_970_000_000 and compact_date(value):
        return Form.COMPACT
    limits = (
        (MILLISECONDS, Form.SECONDS),
        (MICROSECONDS, Form.MILLISECONDS),
        (NANOSECONDS, Form.MICROSECONDS),
        (TOO_LARGE, Form.NANOSECONDS),
    )
    return next((form for limit, form in limits if number < limit), Form.TOO_LARGE)


def are_seconds(text: str) -> bool:
    """Whether a text has the digits of seconds from 1973 to 2032, which mean nothing else."""
    if not (text.isdigit() and text.isascii()):
        return False
    return "1" <= text < "1970" if len(text) == 10 else len(text) == 9 and text >= "1"


def is_dashed(text: str) -> bool:
    """Whether a text begins like 2014-11-18, which no number does."""
    return text[4:5] == "-" and text[:4].isdigit()


@dataclass(slots=True)
class Survey:
    """The times of a file or of a post, looked at together.

    ``order``: small numbers count as seconds, and only their order matters.
    """

    small: int = 0
    others: int = 0
    lowest: float = math.inf
    highest: float = -math.inf
    months: bool = True
    dates: bool = True
    reason: str = ""
    forms: set[Form] = field(default_factory=set)

    def add(self, value: Any) -> None:
        if type(value) is str and (are_seconds(value) or is_dashed(value)):
            self.others += 1
            return
        form = form_of(value)
        if form is Form.SMALL:
            number = number_of(value) or 0.0
            self.small += 1
            self.lowest, self.highest = min(self.lowest, number), max(self.highest, number)
            self.dates = self.dates and is_date_of_digits(value)
            self.months = self.months and number.is_integer() and 1 <= number % 100 <= 12
        elif form in (Form.TEXT, Form.SECONDS, Form.COMPACT):
            self.others += 1

    def objection(self) -> Callable[[Any], str]:
        """Why a value cannot be read as a time among these; an empty text if it can."""
        if not self.small:
            return no_objection
        if self.others:
            return self._minority()
        if self._within(_YEARS):
            return _small_is(_("looks like a year; send 2014-01-01 or name --time-format"))
        if self._within(_MONTHS) and self.months:
            return _small_is(
                _("looks like a year and a month; send a whole date such as 2014-11-01")
            )
        if self._within(_UNIX_DAYS):
            return _small_is(
                _("looks like a number of days; send a date or name --time-format days or excel")
            )
        if self.dates:
            return _small_is(
                _("looks like a date in another order; send 2024-01-31 or name --time-format")
            )
        if self._within(_EXCEL):
            return _small_is(
                _("looks like a day number of Excel; send a date or name --time-format")
            )
        return no_objection

    def _within(self, limits: tuple[int, int]) -> bool:
        return limits[0] <= self.lowest and self.highest <= limits[1]

    def _minority(self) -> Callable[[Any], str]:
        """Order numbers and times do not go together; the fewer of them are at fault."""
        if self.small > self.others:
            reason = _("is a time, but %(count)s others are small numbers")
            text = reason % {"count": self.small}
            return lambda value: (
                text if form_of(value) in (Form.TEXT, Form.SECONDS, Form.COMPACT) else ""
            )
        reason = _("is a small number, but %(count)s others are times")
        return _small_is(reason % {"count": self.others})


def no_objection(_value: Any) -> str:
    return ""


def _small_is(reason: str) -> Callable[[Any], str]:
    return lambda value: reason if form_of(value) is Form.SMALL else ""


def wrong_unit(value: Any) -> str:
    """Why a large number is no time in seconds, with what it looks like."""
    number, form = number_of(value), form_of(value)
    units = {Form.MILLISECONDS: 1e3, Form.MICROSECONDS: 1e6, Form.NANOSECONDS: 1e9}
    if number is None or form not in units:
        return ""
    names = {
        Form.MILLISECONDS: _("milliseconds"),
        Form.MICROSECONDS: _("microseconds"),
        Form.NANOSECONDS: _("nanoseconds"),
    }
    day = datetime.fromtimestamp(number / units[form], UTC).date()
    reason = _("looks like %(unit)s (%(day)s); send seconds since 1970, not %(unit)s")
    return reason % {"unit": names[form], "day": day.isoformat()}


def excel_day(days: float) -> datetime:
    """A day number of Excel (1900 system), with the time of day as its fraction."""
    return _EXCEL_EPOCH + timedelta(days=days)
