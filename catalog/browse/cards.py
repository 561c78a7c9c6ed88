"""Items as pages show them: with their place on the curve, and with what the person did with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import popularity
from catalog.covers import Subject
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.event_kinds import Kind


@dataclass(frozen=True)
class PlainCard:
    """A card without a recommender behind it. ``popularity_rank``: 0 = best known … 1 = least known."""

    item: Item
    people: int
    popularity_rank: float
    reason: str = ""


@dataclass(frozen=True)
class Shelf:
    """A titled row of cards. ``wide``: a grid, else it scrolls sideways; ``more``: address of a longer list.

    ``waiting``: where the row is fetched from when it comes into sight; until then it has no cards.
    """

    key: str
    title: str
    cards: Sequence[Any]
    note: str = ""
    wide: bool = False
    more: str = ""
    done: dict[int, set[str]] = field(default_factory=dict)
    waiting: str = ""


#: From here on an item counts as little known.
LITTLE_KNOWN = 0.8


def cards_of(catalog: Catalog, items: Sequence[Item]) -> list[PlainCard]:
    """Each with the line that can be said of it without knowing the reader."""
    places = popularity.popularity_ranks(catalog, [item.pk for item in items])
    return [
        PlainCard(item, places[item.pk].people, places[item.pk].tail, how_known(places[item.pk]))
        for item in items
    ]


def how_known(place: popularity.PopularityRank) -> str:
    """How many people chose an item, as the one line of its card."""
    if not place.people:
        return _("Nobody has chosen it yet")
    shown = {"people": number_format(place.people, force_grouping=True)}
    if place.tail >= LITTLE_KNOWN:
        few = ngettext(
            "Few know this: %(people)s person chose it",
            "Few know this: %(people)s people chose it",
            place.people,
        )
        return few % shown
    return (
        ngettext("%(people)s person chose it", "%(people)s people chose it", place.people) % shown
    )


def done_by(profile: Profile | None, item_ids: Iterable[int]) -> dict[int, set[str]]:
    """The kinds that a person has done, by item; views are not things one does."""
    if profile is None:
        return {}
    rows = (
        Interaction.objects.filter(profile=profile, item_id__in=list(item_ids))
        .exclude(kind=Kind.VIEW)
        .order_by()
    )
    found: dict[int, set[str]] = {}
    for item_id, kind in rows.values_list("item_id", "kind"):
        found.setdefault(item_id, set()).add(kind)
    return found


def latest_acts(profile: Profile, n: int) -> list[Interaction]:
    """Everything a person did, views and refusals too, newest first, for the person's own eyes."""
    rows = profile.interactions.select_related("item").prefetch_related(
        "item__item_categories__category"
    )[:n]
    for act in rows:
        act.item.catalog = profile.catalog
    return list(rows)


def subject_of(item: Item) -> Subject:
    """What an item's cover is drawn from; categories should be prefetched."""
    names = item.category_names
    # Health has its kind of thing first (exercise, topic, recipe), which alone would paint a thousand items one colour.
    main = 1 if item.catalog.domain == Catalog.Domain.HEALTH and len(names) > 1 else 0
    category = names[main] if names else ""
    words = " ".join(name for name in names[:4] if name != category)
    return Subject(item.pk, item.title or item.external_id, category, item.catalog.domain, words)
