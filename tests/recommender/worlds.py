"""Small catalogues with known right answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings

from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.event_kinds import Kind
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.train import fit_rating
from recommender.models import ModelVersion
from recommender.training import artifact_store, datasets
from tests.factories import make_item, make_profile

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
COLOURS = ("red", "blue", "green", "white", "black", "grey", "brown", "amber")


def two_camps(
    catalog: Catalog, people: int = 24, acts: int = 5
) -> tuple[list[Item], list[Profile]]:
    """Sixteen items: eight mugs, then eight towels.

    Even people take mugs only, odd ones towels only. Everybody takes ``acts`` items, an hour apart.
    The first items of each camp are the most popular.
    """
    things = [("mug", "Mugs"), ("towel", "Towels")]
    items = [
        make_item(
            catalog,
            title=f"{colour} {thing}",
            categories=[category],
            external_id=f"{thing}-{colour}",
        )
        for thing, category in things
        for colour in COLOURS
    ]
    profiles = [make_profile(catalog, external_id=f"person-{number}") for number in range(people)]
    Interaction.objects.bulk_create(
        Interaction(
            profile=profile,
            item=items[8 * (number % 2) + (act + number // 8) % 8],
            catalog=catalog,
            kind=Kind.TAKE,
            created_at=BEGAN + timedelta(hours=number + people * act),
        )
        for act in range(acts)
        for number, profile in enumerate(profiles)
    )
    return items, profiles


def rate_camps(items: list[Item], profiles: list[Profile], each: int = 6) -> None:
    """Everybody rates items of both camps: 4 or 5 in their own, 1 or 2 in the other."""
    Interaction.objects.bulk_create(
        Interaction(
            profile=profile,
            item=items[8 * camp + (act + number) % 8],
            catalog=profile.catalog,
            kind=Kind.RATE,
            value=(4 if camp == number % 2 else 1) + act % 2,
            created_at=BEGAN + timedelta(days=30, hours=number, minutes=act),
        )
        for number, profile in enumerate(profiles)
        for camp in (0, 1)
        for act in range(each)
    )


def publish_by_hand(catalog: Catalog, number: int) -> ModelVersion:
    """A candidate without tuning: item-kNN alone, and stars if there are ratings."""
    data = datasets.load(catalog)
    knn = ItemKnn().fit(data.dataset, np.random.default_rng(0))
    recommender = Recommender.of(knn, data.dataset, rating=fit_rating(data.dataset, knn, 0))
    folder = artifact_store.folder_name(catalog.slug, number, data.fingerprint)
    artifact_store.write(
        Path(settings.ARTIFACTS_DIR) / folder, recommender, data.item_pks, {"number": number}
    )
    return ModelVersion.objects.create(
        catalog=catalog, number=number, folder=folder, fingerprint=data.fingerprint
    )


def damage(version: ModelVersion) -> None:
    """Change one byte of the largest file."""
    file = max(version.path.glob("*.npy"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[-1] ^= 0xFF
    file.write_bytes(content)
