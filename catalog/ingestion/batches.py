"""The base of all bulk writes: checked rows, a lock, look-ups of many keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _

from catalog.models import Catalog
from catalog.validation.field_readers import BadField
from catalog.validation.row_parsing import BulkResult, RowError
from catalog.validation.time_forms import Survey
from config.errors import AppError

MAX_ROWS = 10_000
#: Keys in one IN (…), below SQLite's limit of parameters.
LOOKUP = 5_000
Row = TypeVar("Row")


def read_rows(
    rows: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None,
    read: Callable[[Mapping[str, Any]], Row],
    time: str = "",
) -> tuple[BulkResult, list[tuple[int, Row]]]:
    """The good rows with their numbers, and a result that lists the bad rows.

    Args:
        time: the field whose values are looked at together first; empty if that was done.

    Raises:
        AppError: ``too_many_rows`` above 10,000.
    """
    if len(rows) > MAX_ROWS:
        details = {
            "field": "rows",
            "value": len(rows),
            "reason": _("exceed the limit of %(limit)s") % {"limit": MAX_ROWS},
        }
        message = _("rows: %(count)s rows exceed the limit of %(limit)s.") % {
            "count": len(rows),
            "limit": MAX_ROWS,
        }
        raise AppError("too_many_rows", message, 413, details)
    result, good = BulkResult(), []
    objection = _objection(rows, time)
    for number, row in zip(numbers or range(1, len(rows) + 1), rows, strict=True):
        try:
            if not isinstance(row, Mapping):
                raise BadField("row", row, _("must be an object"))
            if reason := objection(row.get(time)):
                raise BadField(time, row.get(time), reason)
            good.append((number, read(row)))
        except BadField as error:
            result.errors.append(RowError.of(number, error))
    return result, good


def _objection(rows: Sequence[Mapping[str, Any]], time: str) -> Callable[[Any], str]:
    survey = Survey()
    for row in rows if time else ():
        if isinstance(row, Mapping):
            survey.add(row.get(time))
    return survey.objection()


def lock_catalog(catalog: Catalog) -> None:
    """Lock the catalogue's row until the transaction ends."""
    Catalog.objects.select_for_update(no_key=True).get(pk=catalog.pk)


def by_key(queryset: Any, keys: Iterable[Any], field: str = "external_id") -> list[Any]:
    """The rows with these keys, queried in portions."""
    unique, found = list(dict.fromkeys(keys)), []
    for start in range(0, len(unique), LOOKUP):
        found += queryset.filter(_Among(F(field), frozenset(unique[start : start + LOOKUP])))
    return found


class _Among(Lookup):
    """IN with all keys as one parameter: the ORM spends 3 µs on each parameter of an IN.

    ``rhs`` is a set: the ORM looks into lists. The keys are texts or whole numbers.
    """

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*parameters, sorted(self.rhs)]
        keys = json.dumps(sorted(self.rhs))
        sql = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 (no values)
        return sql, [*parameters, keys]
