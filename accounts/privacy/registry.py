"""Registry of stored personal data: what the privacy pages show, export and erase.

A person has a row in each place: an account, or the model that an app uses for a person (a
catalogue's profile). When an app is ready it registers how to find a visitor's places, and which
data it stores there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, IntegerField, Model, Q, QuerySet, Value
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from accounts.models import User

ACCOUNT = "@account"
"""The account's key as a place; a catalogue's key is its slug, which has no @."""


@dataclass(frozen=True)
class Place:
    """A place with data of a person.

    ``row``: the person's row there; ``session_key``: the name of the place in session data.
    """

    key: str
    title: str
    row: Model
    session_key: str = ""

    @property
    def is_account(self) -> bool:
        return self.key == ACCOUNT


@dataclass(frozen=True)
class PersonalDataKind:
    """The rows of one model that are stored about a person.

    Attributes:
        person: the model of the person's row in a place.
        of: builds a condition on ``model`` from that row.
        name: name in exports.
        also: more columns of an export, name -> lookup.
        secret: columns that are never shown.
        fate: "go": rows are deleted with the person's row by their foreign key; "loose": rows must
            be deleted; "stay": rows stay without the person's name.
        address: the page where the person sees and changes them.
        is_rare: not shown when there are no rows.
        days: retention in days; None: until the person erases them.
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
class FileKind:
    """Files outside of the database that hold people's data for a time.

    Attributes:
        name: for staff and for audits.
        purpose: why they are stored, and when they are deleted.
        files: those of a place on this machine, by the place's key. None may be left after an
            erasure there.
    """

    name: str
    purpose: str | Promise
    files: Callable[[str], list[Path]]


@dataclass(frozen=True)
class VisitPart:
    """A value in a visit's session, under ``key``.

    If the value is a dict, its keys are the places' ``session_key``.
    """

    key: str
    title: str | Promise
    purpose: str | Promise


Finder = Callable[["User | None", "SessionBase | None"], Iterable[Place]]
Aftermath = Callable[[str, datetime], str]
Leaving = Callable[[], Iterable[str]]

_data_kinds: list[PersonalDataKind] = []
_file_kinds: list[FileKind] = []
_visit_parts: list[VisitPart] = []
_finders: list[Finder] = []
_aftermaths: list[Aftermath] = []
_leaving: list[Leaving] = []


def register(*data_kinds: PersonalDataKind) -> None:
    _data_kinds.extend(data_kinds)


def register_files(*file_kinds: FileKind) -> None:
    _file_kinds.extend(file_kinds)


def register_visit(*parts: VisitPart) -> None:
    _visit_parts.extend(parts)


def register_finder(finder: Finder) -> None:
    """Register how to find the places of an account, or of a visit without one."""
    _finders.append(finder)


def register_aftermath(aftermath: Aftermath) -> None:
    """Register what people read after an erasure at a given time; an empty text is not shown."""
    _aftermaths.append(aftermath)


def register_leaving(leaving: Leaving) -> None:
    """Register sentences about data that leaves the site with the current settings."""
    _leaving.append(leaving)


def data_kinds() -> tuple[PersonalDataKind, ...]:
    return tuple(_data_kinds)


def data_kinds_of(person: Model) -> list[PersonalDataKind]:
    return [data_kind for data_kind in _data_kinds if data_kind.person == person._meta.label]


def file_kinds() -> tuple[FileKind, ...]:
    return tuple(_file_kinds)


def visit_parts() -> tuple[VisitPart, ...]:
    return tuple(_visit_parts)


def places_of(user: User | None, session: SessionBase | None = None) -> list[Place]:
    """All places of an account, or of a visit while nobody is signed in."""
    return [place for finder in _finders for place in finder(user, session)]


def aftermath_of(key: str, erased_at: datetime) -> str:
    return " ".join(filter(None, (aftermath(key, erased_at) for aftermath in _aftermaths)))


def what_leaves() -> list[str]:
    return [sentence for leaving in _leaving for sentence in leaving()]


def counts_of(person: Model) -> list[tuple[PersonalDataKind, int]]:
    """The number of a person's rows of each kind, in one query."""
    found = data_kinds_of(person)
    one_each = [_counted(data_kind.rows(person), at) for at, data_kind in enumerate(found)]
    counts = dict(one_each[0].union(*one_each[1:], all=True)) if one_each else {}
    return [(data_kind, counts.get(at, 0)) for at, data_kind in enumerate(found)]


def _counted(rows: QuerySet[Any], at: int) -> QuerySet[Any, Any]:
    """(at, number of rows); no row when the number is 0."""
    marked = rows.order_by().annotate(at=Value(at, IntegerField())).values("at")
    return marked.annotate(number=Count("pk")).values_list("at", "number")


def by(column: str, value: str = "pk") -> Callable[[Model], Q]:
    """Rows whose ``column`` holds the person's ``value``."""
    return lambda person: Q(**{column: getattr(person, value)})


def held(person: Model) -> Q:
    """Rows that name their person by a generic key, ``holder``."""
    return Q(holder_type=ContentType.objects.get_for_model(person), holder_id=person.pk)
