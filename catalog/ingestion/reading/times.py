"""``--time-format``: how the column of times is written, when it does not tell itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from catalog.ingestion.reading.problems import BadLine, bad_option
from catalog.validation.time_forms import Survey, excel_day, no_objection, number_of

_UNITS = {"days": 1 / 86_400, "s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
CHOICES = ("auto", "order", "year", "excel", *_UNITS)
ReadTime = Callable[[Any], Any]
"""A value of the file -> a time, or a `BadLine`."""


def chosen(time_format: str, column: str) -> ReadTime | None:
    """The reading of a named form; None for ``auto``.

    Raises:
        AppError: ``bad_option``.
    """
    if time_format in ("", "auto"):
        return None
    if "%" in time_format:
        return lambda value: _by_pattern(column, value, time_format)
    if time_format not in CHOICES:
        reason = _("must be one of %(choices)s, or a pattern such as %%d/%%m/%%Y")
        raise bad_option("time-format", time_format, reason % {"choices": ", ".join(CHOICES)})
    return lambda value: _by_number(column, value, time_format)


def surveyed(survey: Survey, column: str) -> ReadTime | None:
    """The reading of ``auto``, after all values were looked at; None if nothing is wrong."""
    objection = survey.objection()
    if objection is no_objection:
        return None

    def read(value: Any) -> Any:
        reason = objection(value)
        return BadLine(str(value), reason, column) if reason else value

    return read


def _by_pattern(column: str, value: Any, pattern: str) -> Any:
    if value in (None, ""):
        return value
    try:
        moment = datetime.strptime(str(value).strip(), pattern)  # noqa: DTZ007 (the pattern tells)
    except ValueError:
        reason = _("is no time of the form %(pattern)s") % {"pattern": pattern}
        return BadLine(str(value), reason, column)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _by_number(column: str, value: Any, form: str) -> Any:
    if value in (None, ""):
        return value
    number = number_of(value)
    try:
        if number is None:
            raise ValueError
        return _moment(number, form)
    except (ValueError, OverflowError, OSError):
        reason = _("is no time of the form %(pattern)s") % {"pattern": form}
        return BadLine(str(value), reason, column)


def _moment(number: float, form: str) -> datetime:
    if form == "excel":
        return excel_day(number)
    if form == "year":
        return datetime(int(number), 1, 1, tzinfo=UTC)
    return datetime.fromtimestamp(number / _UNITS.get(form, 1.0), UTC)
