"""Items as pages show them: with their popularity rank and what the person did with them."""

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
from catalog.models.event_kinds import kinds_of


@dataclass(frozen=True)
class PlainCard:
    """A card without a recommender. ``popularity_rank``: 0 = best known … 1 = least known."""

    item: Item
    people: int
    popularity_rank: float
    reason: str = ""


@dataclass(frozen=True)
class Shelf:
    """A titled row of cards.

    ``wide``: a grid; otherwise it scrolls sideways. ``more``: address of a longer list.
    ``waiting``: where the row is fetched when it comes into view; until then it has no cards.
    """

    key: str
    title: str
    cards: Sequence[Any]
    note: str = ""
    wide: bool = False
    more: str = ""
    done: dict[int, set[str]] = field(default_factory=dict)
    waiting: str = ""


#: From this popularity rank on an item counts as little known.
LITTLE_KNOWN = 0.8


def cards_of(catalog: Catalog, items: Sequence[Item]) -> list[PlainCard]:
    """Each item with a line that does not depend on the reader."""
    ranks = popularity.popularity_ranks(catalog, [item.pk for item in items])
    return [
        PlainCard(item, ranks[item.pk].people, ranks[item.pk].tail, how_known(ranks[item.pk]))
        for item in items
    ]


def how_known(rank: popularity.PopularityRank) -> str:
    """The line of a card: how many people chose the item."""
    if not rank.people:
        return _("Nobody has chosen it yet")
    shown = {"people": number_format(rank.people, force_grouping=True)}
    if rank.tail >= LITTLE_KNOWN:
        few = ngettext(
            "Little known: %(people)s person chose it",
            "Little known: %(people)s people chose it",
            rank.people,
        )
        return few % shown
    return ngettext("%(people)s person chose it", "%(people)s people chose it", rank.people) % shown


def done_by(profile: Profile | None, item_ids: Iterable[int]) -> dict[int, set[str]]:
    """The kinds that a person has done, by item, without views."""
    if profile is None:
        return {}
    rows = (
        Interaction.objects.filter(profile=profile, item_id__in=list(item_ids))
        .filter(kind__in=kinds_of(profile.catalog).deciding)
        .order_by()
    )
    found: dict[int, set[str]] = {}
    for item_id, kind in rows.values_list("item_id", "kind"):
        found.setdefault(item_id, set()).add(kind)
    return found


def latest_acts(profile: Profile, n: int) -> list[Interaction]:
    """All events of a person, newest first, with views and negative feedback.

    For the person only.
    """
    rows = profile.interactions.select_related("item").prefetch_related(
        "item__item_categories__category"
    )[:n]
    for act in rows:
        act.catalog = act.item.catalog = profile.catalog
    return list(rows)


def subject_of(item: Item) -> Subject:
    """The input of an item's cover; prefetch the categories."""
    names = item.category_names
    # In health catalogues the first category is the type (exercise, topic, recipe), which would
    # give a thousand items the same colour.
    main = 1 if item.catalog.domain == Catalog.Domain.HEALTH and len(names) > 1 else 0
    category = names[main] if names else ""
    words = " ".join(name for name in names[:4] if name != category)
    return Subject(item.pk, item.title or item.external_id, category, item.catalog.domain, words)
