from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.state import ProjectState

from catalog.models import Item
from config.index_operations import AddIndexInUse

pytestmark = pytest.mark.django_db(transaction=True)


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, Item._meta.db_table))


def test_an_index_comes_and_goes_while_the_table_is_in_use():
    """On PostgreSQL CREATE INDEX CONCURRENTLY fails within a transaction."""
    operation = AddIndexInUse("item", models.Index(fields=["provider"], name="tried_index"))
    before = ProjectState.from_apps(Item._meta.apps)
    after = before.clone()
    operation.state_forwards("catalog", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("catalog", editor, before, after)
    assert "tried_index" in indexes()
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("catalog", editor, after, before)
    assert "tried_index" not in indexes()
