"""The database: every table and column, as the database itself lists them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, ForeignKey, Model, OuterRef

from accounts.models import User
from catalog.models import Profile
from catalog.privacy.audit.report import Looked
from catalog.privacy.audit.traces import Trace, unpacked

#: Columns of these types hold no text. All others are looked at, also types that we do not know.
NUMBERS = (
    "int", "bigint", "smallint", "serial", "bool", "real", "double", "float", "numeric", "decimal",
    "date", "time", "interval", "uuid", "oid",
)  # fmt: skip
BINARY = ("bytea", "blob")
ROWS = 2000
PEOPLE = (Profile, User)


def look_in_tables(traces: Sequence[Trace]) -> Iterator[Looked]:
    with connection.cursor() as cursor:
        tables = connection.introspection.get_table_list(cursor)
    for table in sorted(table.name for table in tables):
        try:
            with transaction.atomic():
                yield _look_in_table(table, traces)
        except DatabaseError as error:
            note = f"not looked at: {type(error).__name__}"
            yield Looked("database", f"table {table}", unseen=True, note=note)


def look_in_sessions(traces: Sequence[Trace]) -> Looked:
    """What visits hold; their table has it only packed and signed."""
    looked = Looked("session", "sessions, unpacked", unit="rows")
    for session in Session.objects.iterator(ROWS):
        looked.amount += 1
        held = json.dumps(session.get_decoded())
        looked.found += any(trace.in_value(held) for trace in traces)
    return looked


def look_for_lost_rows() -> Iterator[Looked]:
    """Rows that name a person who is no more: by a foreign key, or by a kind and a number."""
    for model in apps.get_models(include_auto_created=True):
        for name, target, rows in _references(model):
            missing = rows.exclude(Exists(target._default_manager.filter(pk=OuterRef(name))))
            yield Looked(
                "reference",
                f"{model._meta.db_table}.{name} → {target._meta.db_table}",
                amount=rows.count(),
                unit="rows",
                found=missing.count(),
            )


def _references(model: type[Model]) -> Iterator[tuple[str, type[Model], Any]]:
    rows = model._default_manager.order_by()
    for each in model._meta.get_fields():
        if isinstance(each, ForeignKey) and each.related_model in PEOPLE:
            yield (
                each.attname,
                each.related_model,
                rows.filter(**{f"{each.attname}__isnull": False}),
            )
        elif isinstance(each, GenericForeignKey):
            for person in PEOPLE:
                kind = ContentType.objects.get_for_model(person)
                yield each.fk_field, person, rows.filter(**{each.ct_field: kind})


def _look_in_table(table: str, traces: Sequence[Trace]) -> Looked:
    columns = _columns(table)
    texts = [name for name, kind in columns if not kind.startswith((*NUMBERS, *BINARY))]
    binary = [name for name, kind in columns if kind.startswith(BINARY)]
    looked = Looked("database", f"table {table}", unit="rows")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")  # noqa: S608 (a name of the database)
        looked.amount = cursor.fetchone()[0]
    hits: dict[str, int] = {}
    for column in texts:
        for trace in traces:
            hits[column] = hits.get(column, 0) + sum(
                trace.in_value(value) for value in _texts(table, column, trace)
            )
    for column in binary:
        hits[column] = sum(
            any(trace.in_bytes(each) and not trace.is_weak for each in unpacked(value))
            for value in _values(table, column)
            for trace in traces
        )
    looked.found = sum(hits.values())
    where = [f"{column}: {count}" for column, count in hits.items() if count]
    looked.note = ", ".join(where) or ", ".join([*texts, *binary]) or "no text"
    return looked


def _columns(table: str) -> list[tuple[str, str]]:
    """Name and type of each column, in lower case."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA table_info({_quoted(table)})")
            return [(row[1], row[2].lower()) for row in cursor.fetchall()]
    query = """
        SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
    with connection.cursor() as cursor:
        cursor.execute(query, [_quoted(table)])
        return [(name, kind.lower()) for name, kind in cursor.fetchall()]


def _texts(table: str, column: str, trace: Trace) -> Iterable[str]:
    """The values that may hold the trace; all of them if only its hash is known."""
    as_text = f"CAST({_quoted(column)} AS text)"
    query = f"SELECT {as_text} FROM {_quoted(table)} WHERE {as_text} IS NOT NULL"  # noqa: S608
    if not trace.text:
        yield from _rows(query, [])
        return
    operator = "ILIKE" if connection.vendor == "postgresql" else "LIKE"  # both ignore case
    like = " OR ".join([f"{as_text} {operator} %s ESCAPE '!'"] * len(trace.spellings))
    yield from _rows(f"{query} AND ({like})", [_pattern(form) for form in trace.spellings])


def _values(table: str, column: str) -> Iterable[bytes]:
    query = f"SELECT {_quoted(column)} FROM {_quoted(table)} WHERE {_quoted(column)} IS NOT NULL"  # noqa: S608
    return map(bytes, _rows(query, []))


def _rows(query: str, given: list[str]) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, given)
        while rows := cursor.fetchmany(ROWS):
            yield from (row[0] for row in rows)


def _pattern(form: str) -> str:
    """For LIKE, with its wildcards taken literally."""
    for letter in "!%_":
        form = form.replace(letter, f"!{letter}")
    return f"%{form}%"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
