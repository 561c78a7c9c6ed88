"""Every migration of ours leads back, with rows in the tables, and forward again."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from catalog.models import Interaction, Item
from recommender.models import TrainingRun
from tests.factories import make_catalog, make_interaction, make_item, make_profile
from tests.instances import another_instance

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

OURS = ("recommender", "catalog", "accounts")


def migrate(*words: str) -> None:
    call_command("migrate", *words, interactive=False, verbosity=0)


def schema() -> dict[str, list[tuple]]:
    """Columns of every table: name, type, whether it may be null, default."""
    with connection.cursor() as cursor:
        return {
            table.name: sorted(
                (column.name, column.type_code, column.null_ok, column.default)
                for column in connection.introspection.get_table_description(cursor, table.name)
            )
            for table in connection.introspection.get_table_list(cursor)
        }


def fill() -> None:
    shop = make_catalog(slug="shop")
    things = [make_item(shop, title=f"Mug {number}", categories=["Mugs"]) for number in range(3)]
    for number, kind in enumerate(("view", "take", "rate")):
        value = 4.0 if kind == "rate" else None
        make_interaction(make_profile(shop), things[number], kind=kind, value=value)
    TrainingRun.objects.create(catalog=shop)


def test_all_the_way_back_and_forward_again(settings, tmp_path):
    with another_instance(settings, tmp_path / "other"):
        migrate()
        newest = schema()
        fill()
        for app in OURS:
            migrate(app, "zero")
            assert not [table for table in schema() if table.startswith(f"{app}_")]
        migrate()
        assert schema() == newest


def test_rows_outlive_a_step_back_and_forward(settings, tmp_path):
    """As when the version before must come back without a backup."""
    with another_instance(settings, tmp_path / "other"):
        migrate()
        fill()
        for app in OURS:
            names = [name for name, done in leaves(app) if done]
            migrate(app, names[-2])
        migrate()
        assert (Item.objects.count(), Interaction.objects.count()) == (3, 3)
        assert TrainingRun.objects.count() == 1


def leaves(app: str) -> list[tuple[str, bool]]:
    """The app's migrations in order, and whether they are applied."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    names = sorted(name for label, name in loader.graph.nodes if label == app)
    return [(name, (app, name) in loader.applied_migrations) for name in names]
