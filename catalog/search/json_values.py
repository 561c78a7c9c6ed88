"""Values inside ``Item.attributes`` for conditions and counts: alike in SQLite and PostgreSQL.

Only values of the schema's type count. What was stored before the schema may have any type.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connections
from django.db.models import BooleanField, CharField, F, FloatField, Func, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

#: Types of an attribute that JSON stores as a text.
TEXTS = ("text", "choice", "list")
Sql = tuple[str, Any]


def path_of(name: str) -> str:
    """The attribute's path in SQLite's JSON functions."""
    return f'$."{name}"'


class HasValue(Func):
    """Whether an attribute is this value, or a list with it."""

    output_field = BooleanField()

    def __init__(self, name: str, value: str | bool, *, is_list: bool) -> None:
        super().__init__(F("attributes"))
        self.name, self.value, self.is_list = name, value, is_list

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        kind = json.dumps(self.value) if isinstance(self.value, bool) else "text"
        listed = "=" if self.is_list else "<>"
        return (  # The column's name is Django's, and all values are parameters.
            f"EXISTS (SELECT 1 FROM json_each({column}, %s) e WHERE e.type = %s AND e.value = %s"  # noqa: S608
            f" AND JSON_TYPE({column}, %s) {listed} 'array')",
            [*params, path_of(self.name), kind, self.value, *params, path_of(self.name)],
        )

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        value = {self.name: [self.value] if self.is_list else self.value}
        return f"({column} @> %s::jsonb)", [*params, json.dumps(value)]


class _Scalar(Func):
    """The attribute's value, null if it has another type."""

    sqlite = postgresql = ""

    def __init__(self, name: str) -> None:
        super().__init__(F("attributes"), Value(name))
        self.name = name

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Sql:
        return self._filled(compiler, self.sqlite, path_of(self.name))

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Sql:
        return self._filled(compiler, self.postgresql, self.name)

    def _filled(self, compiler: SQLCompiler, template: str, key: str) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        times = template.count("{column}")
        return template.replace("{column}", column), [*params, key] * times


class NumberValue(_Scalar):
    output_field = FloatField()
    sqlite = (
        "(CASE WHEN JSON_TYPE({column}, %s) IN ('integer', 'real')"
        " THEN CAST(JSON_EXTRACT({column}, %s) AS REAL) END)"
    )
    postgresql = (
        "(CASE WHEN jsonb_typeof({column} -> %s::text) = 'number'"
        " THEN ({column} ->> %s::text)::numeric END)"
    )


class DateValue(_Scalar):
    """A date as its ISO text, whose order is that of the dates."""

    output_field = CharField()
    sqlite = (
        "(CASE WHEN JSON_EXTRACT({column}, %s)"
        " GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN JSON_EXTRACT({column}, %s) END)"
    )
    postgresql = (
        "((CASE WHEN ({column} ->> %s::text) ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'"
        ' THEN {column} ->> %s::text END) COLLATE "C")'
    )


_EACH = {
    "sqlite": (
        "SELECT CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE e.value END"
        " AS value, COUNT(DISTINCT i.id) AS n FROM ({items}) i, json_each(i.attributes, %s) e"
        " WHERE e.type IN {kinds} GROUP BY 1 ORDER BY n DESC, value LIMIT %s"
    ),
    "postgresql": (
        "SELECT e.value #>> '{{}}' AS value, COUNT(DISTINCT i.id) AS n FROM ({items}) i,"
        " LATERAL (SELECT i.attributes -> %s::text AS found) f,"
        " LATERAL jsonb_array_elements(CASE jsonb_typeof(f.found) WHEN 'array' THEN f.found"
        " ELSE jsonb_build_array(f.found) END) AS e(value)"
        " WHERE jsonb_typeof(e.value) IN {kinds} GROUP BY 1 ORDER BY n DESC, value LIMIT %s"
    ),
}
_KINDS = {
    ("sqlite", True): "('text')",
    ("sqlite", False): "('true', 'false')",
    ("postgresql", True): "('string')",
    ("postgresql", False): "('boolean')",
}


def sizes_of_values(items: QuerySet[Any], name: str, kind: str, most: int) -> dict[str, int]:
    """The values of an attribute with their number of items, the largest first; one query."""
    connection = connections[items.db]
    inner, params = items.order_by().values("id", "attributes").query.sql_with_params()
    sql = _EACH[connection.vendor].format(
        items=inner, kinds=_KINDS[connection.vendor, kind in TEXTS]
    )
    key = path_of(name) if connection.vendor == "sqlite" else name
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, key, most])
        return {str(value): int(n) for value, n in cursor.fetchall()}
