"""Reads the kind and the value of an event, by the catalogue's kinds and rating scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from catalog.models.event_kinds import ValueMeaning
from catalog.models.event_rules import EventRules, HasRules
from catalog.models.rating_scales import RANGES, fitting
from catalog.validation.field_readers import BadField, read_number
from catalog.validation.row_parsing import InteractionRow

#: Pieces, minutes, views: a higher number is an error of the sender.
VALUE_MAX = 1e9


class EventReader(EventRules):
    """Reads what the events of a catalogue may say."""

    def read_kind(self, value: object) -> str:
        """One of the catalogue's kinds, exactly.

        Raises:
            BadField: with the list of the kinds, and the one that was probably meant.
        """
        if isinstance(value, str) and value in self.kinds:
            return value
        reason = _("must be one of %(kinds)s") % {"kinds": ", ".join(self.kinds)}
        if meant := self.meant_by(str(value or "")):
            reason += ". " + _("Did you mean “%(kind)s”?") % {"kind": meant}
        raise BadField("kind", value, reason)

    def known(self, word: str) -> str:
        """The kind that a word names in any case or by an alias; raises as ``read_kind``."""
        return self.kinds.resolve(word) or self.read_kind(word)

    def meant_by(self, word: str) -> str | None:
        if found := self.kinds.resolve(word):
            return found
        near = get_close_matches(word.casefold(), list(self.kinds), n=1, cutoff=0.7)
        return near[0] if near else None

    def read_value(self, kind: str, value: object) -> float | None:
        """The value of an event of this kind; None if there is none.

        A rating needs a value on the catalogue's scale. A quantity may be negative: it takes pieces
        back. Other values are numbers from 0.
        """
        row = self.kinds[kind]
        if row.is_rating:
            return self._read_rating(value)
        if value is None or value == "":
            return None
        low = -VALUE_MAX if row.value_meaning == ValueMeaning.QUANTITY else 0.0
        number = read_number("value", value)
        if not low <= number <= VALUE_MAX:
            raise BadField("value", value, _must_be(low, VALUE_MAX))
        return number

    def _read_rating(self, value: object) -> float:
        allowed = RANGES[self.scale]
        if value is None or value == "":
            raise BadField(
                "value",
                value,
                _("must be a rating from %(low)g to %(high)g")
                % {"low": allowed.low, "high": allowed.high},
            )
        number = read_number("value", value)
        if allowed.low <= number <= allowed.high or (self.zero_is_no_rating and number == 0):
            return number
        raise BadField("value", value, _must_be(allowed.low, allowed.high) + self._other([number]))

    def _other(self, values: Iterable[float]) -> str:
        """Which scale would hold the values, as the end of a sentence; empty if none would."""
        numbers = list(values)
        fits = [name for name in fitting(numbers) if name != self.scale]
        if 0 in numbers and RANGES[self.scale].low > 0:
            return "; " + _("the catalogue may say that 0 means no rating")
        if not fits:
            return ""
        return "; " + _("the rating scale %(scale)s would hold it") % {"scale": fits[0]}


def row_reader(catalog: HasRules, now: datetime) -> Callable[[Mapping[str, Any]], InteractionRow]:
    """Reads the rows of a catalogue's log."""
    rules = _Remembering(EventReader.of(catalog))
    return lambda row: InteractionRow.of(row, now=now, rules=rules)


class _Remembering:
    """Reads like its rules, and a repeated text of a value only once."""

    def __init__(self, rules: EventReader) -> None:
        self.read_kind, self._read_value = rules.read_kind, rules.read_value
        self._remembered = lru_cache(1_000)(rules.read_value)

    def read_value(self, kind: str, value: object) -> float | None:
        if value is None or type(value) is str:
            return self._remembered(kind, value)
        return self._read_value(kind, value)


class KindWords:
    """Reads the kinds of a file: in any case, by aliases, and by a mapping of the caller.

    ``default``: of rows that name none. ``mapped``: what was read as what, if it differs.

    Raises:
        BadField: if ``default`` or a kind of ``mapping`` is not the catalogue's.
    """

    def __init__(self, rules: EventReader, default: str, mapping: Mapping[str, str]) -> None:
        self.rules, self.mapped = rules, dict[str, str]()
        self._default = self.rules.known(default) if default else ""
        self._mapping = {
            word.strip().casefold(): self.rules.known(kind) for word, kind in mapping.items()
        }
        self._read: dict[str, str] = {}

    def read(self, value: object) -> str:
        """The kind that a cell means; a word that means none is returned, to be refused."""
        word = "" if value is None else str(value).strip()
        if not word:
            return self._default
        if word not in self._read:
            kind = self._mapping.get(word.casefold()) or self.rules.kinds.resolve(word) or word
            self._read[word] = kind
            if kind != word:
                self.mapped[word] = kind
        return self._read[word]

    def notices(self) -> list[str]:
        """What was read as what, in words."""
        return [
            _("kind “%(word)s” was read as %(kind)s") % {"word": word, "kind": kind}
            for word, kind in self.mapped.items()
        ]


def _must_be(low: float, high: float) -> str:
    return _("must be from %(low)g to %(high)g") % {"low": low, "high": high}
