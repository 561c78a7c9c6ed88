"""A second instance beside that of the tests: a database without tables, and a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from catalog.models import Profile
from recommender.serving import live_models
from recommender.serving.recommend import recommend_for


@contextmanager
def another_instance(settings: Any, folder: Path) -> Iterator[None]:
    """Everything reads and writes the other instance, until the end."""
    folder.mkdir()
    former, artifacts = connections["default"], settings.ARTIFACTS_DIR
    other = former.copy()
    other.settings_dict["NAME"] = _create_database(folder)
    connections["default"], settings.ARTIFACTS_DIR = other, folder / "artifacts"
    live_models.forget()
    try:
        yield
    finally:
        other.close()
        connections["default"], settings.ARTIFACTS_DIR = former, artifacts
        live_models.forget()
        _drop_database(str(other.settings_dict["NAME"]))


def lists() -> dict[str, list[int]]:
    """Everybody's list, by id of the person."""
    return {
        profile.external_id: [
            card.item.pk
            for card in recommend_for(profile, catalog=profile.catalog, record=False).cards
        ]
        for profile in Profile.objects.select_related("catalog").order_by("pk")
    }


def _create_database(folder: Path) -> str:
    if connection.vendor == "sqlite":
        return str(folder / "longtail.sqlite3")
    name = f"{connection.settings_dict['NAME']}_other"
    _drop_database(name)
    _execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return name


def _drop_database(name: str) -> None:
    if connection.vendor == "postgresql":
        _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
