"""Trigram indexes for search on PostgreSQL, built while the site runs."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, migrations

logger = logging.getLogger(__name__)
TEXT = "(search_title || E'\\n' || search_text)"
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# A Chinese word has two letters and a trigram three: each letter is there three times.
CHINESE = (
    f"regexp_replace(regexp_replace({TEXT}, '[^{HAN}]+', ' ', 'g'), '([{HAN}])', '\\1\\1\\1', 'g')"
)
INDEXES = {"item_search_letters": TEXT, "item_search_chinese": CHINESE}


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        try:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError as error:
            logger.warning(
                "Search reads every item: the extension pg_trgm could not be created (%s). Ask the "
                "owner of the server for CREATE EXTENSION pg_trgm; then run migrate catalog 0013 "
                "and migrate catalog.",
                str(error).strip(),
            )
            return
        for name, expression in INDEXES.items():
            # One that was interrupted is there and invalid.
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY {name} ON catalog_item "
                f"USING gin (({expression}) gin_trgm_ops)"
            )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            for name in INDEXES:
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY needs it

    dependencies = [("catalog", "0013_interaction_catalog_key")]

    operations = [migrations.RunPython(create, drop)]
