"""What is kept of people: every app names its part, so that a person can read it, take it along, and have it erased.

A person is met in places: as an account, and as whatever an app takes for a person (a catalogue's profile). An app
registers, when it is ready, how to find the places of a visitor and what it keeps of the person there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, IntegerField, Model, Q, QuerySet, Value
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from accounts.models import User

ACCOUNT = "@account"
"""The account's key among places; a catalogue's is its address, which holds no @."""


@dataclass(frozen=True)
class Place:
    """Somewhere a person is known. ``row``: the person there; ``session_key``: how visits name the place."""

    key: str
    title: str
    row: Model
    session_key: str = ""

    @property
    def is_account(self) -> bool:
        return self.key == ACCOUNT


@dataclass(frozen=True)
class PersonalDataKind:
    """Rows of one model that are kept of a person.

    ``person``: the model of the person's own row; ``of``: from that row to a condition on ``model``; ``name``: in
    exports; ``also``: further columns of an export, name → lookup; ``secret``: columns that nobody is shown; ``fate``:
    rows "go" with the person by their key, are "loose" and must be deleted, or "stay" without the person's name;
    ``address``: the page on which the person sees and changes them; ``is_rare``: not mentioned where there are none;
    ``days``: for how many days they are kept, None = until they are erased.
    """

    model: str
    person: str
    name: str
    title: str | Promise
    purpose: str | Promise
    of: Callable[[Any], Q]
    also: Mapping[str, str] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    fate: Literal["go", "loose", "stay"] = "go"
    is_rare: bool = False
    address: Callable[[Any], str] | None = None
    days: Callable[[], int] | None = None

    def rows(self, person: Model) -> QuerySet[Any]:
        return apps.get_model(self.model)._default_manager.filter(self.of(person))


@dataclass(frozen=True)
class VisitPart:
    """A value that is kept with a visit, under a key of its session; by the places' ``session_key`` if it is a dict."""

    key: str
    title: str | Promise
    purpose: str | Promise


Finder = Callable[["User | None", "SessionBase | None"], Iterable[Place]]
Aftermath = Callable[[str, datetime], str]
Leaving = Callable[[], Iterable[str]]

_data_kinds: list[PersonalDataKind] = []
_visit_parts: list[VisitPart] = []
_finders: list[Finder] = []
_aftermaths: list[Aftermath] = []
_leaving: list[Leaving] = []


def register(*data_kinds: PersonalDataKind) -> None:
    _data_kinds.extend(data_kinds)


def register_visit(*parts: VisitPart) -> None:
    _visit_parts.extend(parts)


def register_finder(finder: Finder) -> None:
    """Where an account, or a visit without one, is known."""
    _finders.append(finder)


def register_aftermath(aftermath: Aftermath) -> None:
    """What to tell somebody who erased themselves from a place at a time; an empty text where there is nothing."""
    _aftermaths.append(aftermath)


def register_leaving(leaving: Leaving) -> None:
    """What goes to somebody else as the site is set up now: a sentence each."""
    _leaving.append(leaving)


def data_kinds() -> tuple[PersonalDataKind, ...]:
    return tuple(_data_kinds)


def data_kinds_of(person: Model) -> list[PersonalDataKind]:
    return [data_kind for data_kind in _data_kinds if data_kind.person == person._meta.label]


def visit_parts() -> tuple[VisitPart, ...]:
    return tuple(_visit_parts)


def places_of(user: User | None, session: SessionBase | None = None) -> list[Place]:
    """Every place where somebody is known: of an account, or of a visit while nobody is signed in."""
    return [place for finder in _finders for place in finder(user, session)]


def aftermath_of(key: str, erased_at: datetime) -> str:
    return " ".join(filter(None, (tell(key, erased_at) for tell in _aftermaths)))


def what_leaves() -> list[str]:
    return [sentence for tell in _leaving for sentence in tell()]


def counts_of(person: Model) -> list[tuple[PersonalDataKind, int]]:
    """How many rows each holding has of a person, in one query."""
    found = data_kinds_of(person)
    one_each = [_counted(data_kind.rows(person), at) for at, data_kind in enumerate(found)]
    counts = dict(one_each[0].union(*one_each[1:], all=True)) if one_each else {}
    return [(data_kind, counts.get(at, 0)) for at, data_kind in enumerate(found)]


def _counted(rows: QuerySet[Any], at: int) -> QuerySet[Any, Any]:
    """(at, number of rows); nothing where there are none."""
    marked = rows.order_by().annotate(at=Value(at, IntegerField())).values("at")
    return marked.annotate(number=Count("pk")).values_list("at", "number")


def by(column: str, value: str = "pk") -> Callable[[Model], Q]:
    """Rows whose ``column`` holds the person's ``value``."""
    return lambda person: Q(**{column: getattr(person, value)})


def held(person: Model) -> Q:
    """Rows that name their person by a generic key, ``holder``."""
    return Q(holder_type=ContentType.objects.get_for_model(person), holder_id=person.pk)
