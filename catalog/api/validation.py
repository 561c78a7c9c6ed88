"""Input is used only after a serializer has accepted all of it, names included."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from config.errors import AppError

LONGEST_VALUE_SHOWN = 200


class StrictSerializer(serializers.Serializer):
    """Rejects unknown names, which are often typing errors. Read-only names are ignored.

    ``null_is_missing``: a null is the same as leaving the field out, if it is not required.
    """

    null_is_missing = False

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = {
            name: [unknown_name(name, self.fields)]
            for name in _names(data)
            if name not in self.fields
        }
        wrong = unknown | (self._of_wrong_type(data) if self.context.get("is_json") else {})
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **wrong}) from None  # type: ignore[dict-item]
        if wrong:
            raise ValidationError(wrong)
        return values

    def _of_wrong_type(self, data: Any) -> dict[str, list[Any]]:
        """The values that a query or a form may write as text, and JSON may not."""
        return {
            name: [reason]
            for name, value in (data.items() if isinstance(data, Mapping) else ())
            if name in self.fields
            and not self.fields[name].read_only
            and (reason := _json_problem(self.fields[name], value))
        }


def _json_problem(field: serializers.Field, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, serializers.ListField):
        each = value if isinstance(value, list) else ()
        return next(filter(None, (_json_problem(field.child, entry) for entry in each)), None)
    for kind, types, reason in _JSON_TYPES:
        if isinstance(field, kind):
            return None if type(value) in types else reason
    return None


_JSON_TYPES: tuple[tuple[Any, tuple[type, ...], Any], ...] = (
    (serializers.BooleanField, (bool,), _lazy("must be true or false")),
    ((serializers.IntegerField, serializers.FloatField), (int, float), _lazy("must be a number")),
    ((serializers.ChoiceField, serializers.CharField), (str,), _lazy("must be text")),
)
"""The types of JSON that a field takes. Fields that are not named here check themselves."""


class NoParameters(StrictSerializer):
    """For endpoints without query parameters."""


class Number(serializers.FloatField):
    """A finite number: REST framework's limits let 1e999 and a query's ``nan`` pass."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        try:
            value = super().to_internal_value(data)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class Moment(serializers.DateTimeField):
    """A date and time that every database and time zone can store.

    ISO 8601 (UTC without a zone) or seconds since 1970.
    """

    default_error_messages = {  # noqa: RUF012
        "year": _lazy("The year must be from 1000 to 9000."),
        "seconds": _lazy("Must be a time: ISO 8601, or seconds since 1970."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(
            self._from_seconds(value) if type(value) in (int, float) else value
        )
        if not 1000 <= moment.year <= 9000:
            self.fail("year")
        return moment

    def _from_seconds(self, value: float) -> datetime:
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, OSError, ValueError):
            raise ValidationError(self.error_messages["seconds"]) from None


def unknown_name(name: str, known: Any) -> str:
    """Why ``name`` is rejected, with the most similar known name first, or all of them."""
    close = get_close_matches(str(name), list(known), n=1)
    if close:
        return _("Unknown field. Did you mean “%(name)s”?") % {"name": close[0]}
    return _("Unknown field. Known fields: %(names)s.") % {"names": ", ".join(known) or _("none")}


def validated(serializer: serializers.BaseSerializer) -> Any:
    """The validated data.

    Raises:
        AppError: ``invalid``, with field, value and reason of every error.
    """
    if serializer.is_valid():
        return serializer.validated_data
    raise invalid(list(problems(serializer.errors, serializer.initial_data)))


def validated_query(query_class: type[StrictSerializer], given: Mapping[str, Any]) -> Any:
    """The validated query of a request.

    Raises:
        AppError: as ``validated``.
    """
    try:
        return _checker(query_class).run_validation(given)  # type: ignore[arg-type]
    except ValidationError:
        # A new one names the errors: REST framework writes a field's messages once, in the
        # language of the first who reads them.
        return validated(query_class(data=given))


@cache
def _checker(query_class: type[StrictSerializer]) -> StrictSerializer:
    """One for all requests: a new serializer copies all fields."""
    return query_class()


def invalid(found: list[dict[str, Any]]) -> AppError:
    first = found[0]
    message = _("%(field)s: “%(value)s” is not valid. %(reason)s") % first
    return AppError("invalid", message, details=found)


def rejected(field: str, value: Any, reason: str) -> AppError:
    """The error for one bad field, in the shape of all others."""
    return invalid([{"field": field, "value": shown(value), "reason": reason}])


def parameters_of(query: QueryDict, lists: Collection[str] = ()) -> dict[str, Any]:
    """A query as a plain dict; the parameters ``lists`` may be repeated and become lists.

    Raises:
        AppError: for any other parameter given twice, of which one would be ignored.
    """
    for name, values in query.lists():
        if len(values) > 1 and name not in lists:
            raise rejected(
                name, ", ".join(values), _("It was sent %(n)d times.") % {"n": len(values)}
            )
    return {name: query.getlist(name) if name in lists else str(query[name]) for name in query}


def problems(errors: Any, data: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """REST framework's nested errors as rows of field, value and reason."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            own = name == "non_field_errors"
            yield from problems(
                inner, data if own else _part(data, name), path if own else _join(path, name)
            )
        return
    for position, reason in enumerate(errors):
        if isinstance(reason, (Mapping, list)):
            yield from problems(reason, _part(data, position), _join(path, position))
        else:
            yield {"field": path or "body", "value": shown(data), "reason": str(reason)}


def shown(value: Any) -> Any:
    """A caller's value, shortened for the answer."""
    text = value if isinstance(value, str) else repr(value)
    if len(text) > LONGEST_VALUE_SHOWN:
        return text[:LONGEST_VALUE_SHOWN] + "…"
    return value


def _names(data: Any) -> list[str]:
    return list(data) if isinstance(data, Mapping) else []


def _join(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _part(data: Any, name: Any) -> Any:
    try:
        return data[name]
    except (KeyError, IndexError, TypeError):
        return None
