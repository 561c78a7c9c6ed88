"""An index on a table that is in use."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex


class AddIndexInUse(AddIndexConcurrently):
    """Add an index while others write to the table, in a migration with ``atomic = False``.

    An ordinary index stops all writes until it is built. On PostgreSQL this one does not; if it
    fails, an invalid index is left, which must be dropped. SQLite has one writer anyway.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        of = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        of.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        of = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        of.database_backwards(self, app_label, schema_editor, from_state, to_state)
