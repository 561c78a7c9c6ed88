"""Queries that Django builds once.

Django takes milliseconds to build a query of several conditions and subqueries, which the database
answers in less. A ``Statement`` keeps the SQL of a query set, and runs it with other values::

    @cache
    def _names_of() -> Statement:
        return Statement(lambda keys: Item.objects.filter(pk__in=[keys]).values_list("title"), int)

    _names_of().rows([3, 4])

It is for the few queries of every list; everything else asks Django.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet


@dataclass(frozen=True, slots=True)
class _Blank:
    """Stands in the SQL for the value at this position."""

    position: int


@dataclass(frozen=True, slots=True)
class _Built:
    """``pieces``: the SQL between its parameters, one more than there are.

    ``compiler`` and ``converters``: Django's, for columns that are not what the driver returns.
    """

    compiler: Any
    pieces: Sequence[str]
    parameters: Sequence[Any]
    columns: Sequence[Any]
    converters: dict[int, Any]


class Statement:
    """A query set whose SQL is built once.

    Args:
        build: makes the query set from stand-ins of the values. They may only be compared with
            columns. A list of values is one stand-in: ``pk__in=[keys]``.
        kinds: int, str or datetime of each value.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._by_vendor: dict[str, _Built | None] = {}

    def rows(self, *values: Any) -> list[Sequence[Any]]:
        """The rows of the query with these values; a list stands for all its members.

        Raises:
            ValueError: for a list without members, which SQL cannot write.
        """
        built = self._built()
        if built is None:
            return []
        sql, parameters = _filled(built, [_for_database(each) for each in values])
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found = cursor.fetchall()
        if not built.converters:
            return found
        return list(built.compiler.apply_converters(found, built.converters))

    def instances(self, *values: Any) -> list[Any]:
        """The same as instances of the query's model."""
        if (built := self._built()) is None:
            return []
        model: type[Model] = built.compiler.query.model
        names = [column.target.attname for column in built.columns]
        return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in self.rows(*values)]

    def _built(self) -> _Built | None:
        """None where the conditions exclude each other."""
        vendor = connection.vendor
        if vendor not in self._by_vendor:
            self._by_vendor[vendor] = self._compiled()
        return self._by_vendor[vendor]

    def _compiled(self) -> _Built | None:
        stand_ins = [_stand_in(kind, at) for at, kind in enumerate(self._kinds)]
        # ``connection`` is that of the thread that asks it, also inside the compiler
        compiler = self._build(*stand_ins).query.get_compiler(connection=connection)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        blanks = {_for_database(each): _Blank(at) for at, each in enumerate(stand_ins)}
        pieces = sql.split("%s")
        assert len(pieces) == len(parameters) + 1, "the SQL holds a percent sign of its own"
        found = [_blank_of(each, blanks) for each in parameters]
        assert set(blanks.values()) <= {each for each in found if isinstance(each, _Blank)}
        columns = [column for column, *_more in compiler.select]
        return _Built(compiler, pieces, found, columns, compiler.get_converters(columns))


def _filled(built: _Built, values: Sequence[Any]) -> tuple[str, list[Any]]:
    sql, parameters = [built.pieces[0]], []
    for parameter, piece in zip(built.parameters, built.pieces[1:], strict=True):
        value = values[parameter.position] if isinstance(parameter, _Blank) else parameter
        if isinstance(value, list):
            if not value:
                raise ValueError("a statement takes no empty list")
            sql += [", ".join(["%s"] * len(value)), piece]
            parameters += value
        else:
            sql += ["%s", piece]
            parameters.append(value)
    return "".join(sql), parameters


def _stand_in(kind: type, position: int) -> Any:
    """A value that no row and no other condition has."""
    if kind is int:
        return 8_070_450_532_247_928_832 + position
    if kind is datetime:
        return datetime(1000, 1, 1 + position, tzinfo=UTC)
    return f"\ue000{position}"


def _blank_of(parameter: Any, blanks: dict[Any, _Blank]) -> Any:
    """The blank that a parameter is; else the parameter."""
    return next((blank for value, blank in blanks.items() if value == parameter), parameter)


def _for_database(value: Any) -> Any:
    """A value as the database's driver takes it; only times differ."""
    return connection.ops.adapt_datetimefield_value(value) if type(value) is datetime else value
