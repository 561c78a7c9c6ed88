"""Counts what the database did not answer: connections that failed or broke, locks that timed out.

Broken constraints are no errors of the database; they settle races.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from config.metrics import DATABASE_ERRORS

AWAY = (OperationalError, InterfaceError)

for _error in AWAY:
    DATABASE_ERRORS.labels(_error.__name__)  # shown as 0 before the first


def count_database_error(error: BaseException | None) -> None:
    """Count an error once, in however many places it is seen."""
    if isinstance(error, AWAY) and not getattr(error, "is_counted", False):
        error.is_counted = True  # type: ignore[union-attr]
        DATABASE_ERRORS.labels(type(error).__name__).inc()


def _counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    try:
        return execute(sql, params, many, context)
    except AWAY as error:
        count_database_error(error)
        raise


def watch(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    """Count the errors of a connection's queries; those of connecting are counted where seen."""
    if _counting not in connection.execute_wrappers:
        connection.execute_wrappers.append(_counting)


connection_created.connect(watch, dispatch_uid="longtail-database-errors")
