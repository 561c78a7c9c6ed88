"""The types of the values of a row in JSON: the same for a single post and for each row of many.

What a value means (lengths, times, ids) is read by `catalog.validation.row_parsing`, as in files.
Only a file may write a number, a list or a truth value as text.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from catalog.api.validation import Moment, Number, StrictSerializer, unknown_name
from catalog.validation.field_readers import BadField, read_key, shorten


class Key(serializers.Field):
    """An id of the owner: text, or a whole number, which is its digits. In JSON, 12.0 is 12."""

    def __init__(self, *, max_length: int, allow_blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.max_length, self.allow_blank = max_length, allow_blank

    def to_internal_value(self, data: Any) -> str:
        try:
            return read_key(self.field_name or "id", data)
        except BadField as error:
            raise serializers.ValidationError(error.reason) from None

    def to_representation(self, value: Any) -> str:
        return str(value)


class Text(serializers.CharField):
    """A text that people read; a number is its digits."""


class Rows(serializers.ListField):
    """Rows that are checked one by one later, so that a bad row does not reject the good ones.

    ``body``: what each row is, for the description of the API.
    """

    def __init__(self, *, body: type[StrictSerializer], **options: Any) -> None:
        self.body = body
        child = serializers.JSONField(allow_null=True)
        super().__init__(child=child, min_length=1, **options)


@dataclass(frozen=True, slots=True)
class Rule:
    """What the values of a field are. ``is_shown``: only shown; ignored in a body."""

    fits: Callable[[Any], bool]
    reason: Any
    required: bool
    may_be_blank: bool
    may_be_null: bool
    is_shown: bool

    @classmethod
    def of(cls, field: serializers.Field) -> Rule:
        fits, reason = next(
            ((fits, reason) for kind, fits, reason in _TYPES if isinstance(field, kind)),
            (_anything, ""),
        )
        return cls(
            fits=fits,
            reason=reason,
            required=bool(field.required and not field.read_only),
            may_be_blank=getattr(field, "allow_blank", False),
            may_be_null=field.allow_null,
            is_shown=field.read_only,
        )

    def problem(self, value: Any) -> str:
        """Why a value has a wrong type; an empty text if it has not."""
        if value is None:  # a field that is not required is left out
            return _("is empty") if self.required and not self.may_be_null else ""
        if not self.fits(value):
            return str(self.reason)
        return _("is empty") if value == "" and not self.may_be_blank else ""


def problems_of(body: type[StrictSerializer], row: Mapping[str, Any]) -> Iterator[BadField]:
    """The unknown names of a row, its values of a wrong type, and what is missing."""
    rules = rules_of(body)
    for name, value in row.items():
        rule = rules.get(name)
        if rule is None:
            yield BadField(name, shorten(value), unknown_name(name, rules))
        elif not rule.is_shown and (reason := rule.problem(value)):
            yield BadField(name, shorten(value), reason)
    for name, rule in rules.items():
        if rule.required and name not in row:
            yield BadField(name, None, _("is missing"))


def plain_row(body: type[StrictSerializer], row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what is only shown, and without nulls. A field that may be null keeps it."""
    rules = rules_of(body)
    return {
        name: value
        for name, value in row.items()
        if not rules[name].is_shown and (value is not None or rules[name].may_be_null)
    }


def rules_of(body: type[StrictSerializer]) -> dict[str, Rule]:
    """Field -> what it takes. Read once for each serializer."""
    return _read_rules(cast("Hashable", body))  # rest_framework has no types, so mypy cannot see it


@cache
def _read_rules(body: Any) -> dict[str, Rule]:
    return {name: Rule.of(field) for name, field in body().fields.items()}


def _anything(value: Any) -> bool:
    return True


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _is_whole(value: Any) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer())


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_text_or_number(value: Any) -> bool:
    return type(value) is str or _is_number(value)


def _is_truth(value: Any) -> bool:
    return type(value) is bool


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text_or_number, value))


#: Field class -> the test of a value, and the reason if it fails. The first class that fits counts.
_TYPES: tuple[tuple[type[serializers.Field], Callable[[Any], bool], Any], ...] = (
    (Key, _is_text_or_number, gettext_lazy("must be text or a whole number")),
    (Text, _is_text_or_number, gettext_lazy("must be text")),
    (serializers.CharField, _is_text, gettext_lazy("must be text")),
    (serializers.ChoiceField, _is_text, gettext_lazy("must be text")),
    (serializers.BooleanField, _is_truth, gettext_lazy("must be true or false")),
    (Moment, _is_text_or_number, gettext_lazy("must be a time: ISO 8601, or seconds since 1970")),
    (serializers.IntegerField, _is_whole, gettext_lazy("must be a whole number")),
    (serializers.DecimalField, _is_number, gettext_lazy("must be a number")),
    (Number, _is_number, gettext_lazy("must be a number")),
    (serializers.ListField, _is_list_of_texts, gettext_lazy("must be a list of texts")),
    (serializers.DictField, _is_table, gettext_lazy("must be a JSON object")),
)
