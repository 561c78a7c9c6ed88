"""The front page: the catalogues with some covers and the number of the visitor's choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from catalog import item_queries
from catalog.browse.cards import subject_of
from catalog.feedback.queries import choices
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.items import available_now

COVERS = 5
#: The covers are chosen from so many new items.
LOOKED_AT = 24


@dataclass(frozen=True, slots=True)
class CatalogTile:
    """A catalogue on the front page.

    ``chosen``: the number of items that the visitor took, saved, liked or rated.
    """

    catalog: Catalog
    items: int
    covers: list[Item]
    chosen: int


def catalog_tiles(catalogs: Sequence[Catalog], profiles: Sequence[Profile]) -> list[CatalogTile]:
    """The tiles in the order of the catalogues; ``profiles``: the visitor's."""
    there = Item.objects.filter(available_now(), catalog__in=catalogs).order_by()
    items = dict(there.values_list("catalog").annotate(Count("pk")))
    chosen = _chosen(profiles)
    return [
        CatalogTile(catalog, items.get(catalog.pk, 0), _covers(catalog), chosen.get(catalog.pk, 0))
        for catalog in catalogs
    ]


def _chosen(profiles: Sequence[Profile]) -> dict[int, int]:
    if not profiles:
        return {}
    rows = Interaction.objects.filter(
        choices(profile.catalog for profile in profiles), profile__in=profiles
    ).order_by()
    return dict(rows.values_list("catalog").annotate(Count("item", distinct=True)))


def _covers(catalog: Catalog) -> list[Item]:
    """New items, at first one for each main category."""
    newest = item_queries.newest(catalog, n=LOOKED_AT)
    first = list({subject_of(item).category: item for item in reversed(newest)}.values())[::-1]
    return [*first, *(item for item in newest if item not in first)][:COVERS]
