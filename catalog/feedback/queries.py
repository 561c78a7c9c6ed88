"""What an event says, as conditions of a query: for counts, which read no single event."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models.catalogs import Catalog
from catalog.models.event_kinds import Kinds
from catalog.models.event_rules import EventRules
from catalog.models.interactions import Interaction
from catalog.models.suspects import of_people


def turns_down(rules: EventRules) -> Q:
    """Events that ask for less: negative kinds, low ratings."""
    kinds = rules.kinds
    rated = Q(kind__in=kinds.ratings, value__lte=rules.range.bad)
    if rules.zero_is_no_rating:
        rated &= ~Q(value=0)
    return Q(kind__in=kinds.negative - kinds.ratings) | rated


def asks_for_less(rules: EventRules) -> Q:
    """Events that turn an item down or take earlier events back."""
    return turns_down(rules) | takes_back(rules.kinds)


def takes_back(kinds: Kinds) -> Q:
    """Events that remove earlier ones: refunds, quantities below 0."""
    return Q(kind__in=kinds.cancelling) | Q(kind__in=kinds.quantities, value__lt=0)


def chooses(rules: EventRules) -> Q:
    """Events by which a person chose an item, whatever came later."""
    kinds, low = rules.kinds, rules.range.bad
    plain = kinds.chosen - kinds.cancelling
    rated = Q(kind__in=plain & kinds.ratings, value__gt=low)
    if rules.zero_is_no_rating:
        rated |= Q(kind__in=plain & kinds.ratings, value=0)
    return Q(kind__in=plain - kinds.ratings) | rated


def choices(catalogs: Iterable[Catalog]) -> Q:
    """The same for several catalogues."""
    found = Q(pk__in=())
    for catalog in catalogs:
        found |= Q(chooses(EventRules.of(catalog)), catalog=catalog)
    return found


def chosen(catalog: Catalog) -> QuerySet[Interaction]:
    """The events that "known to 3 people" counts, for counts over the whole log.

    Choices of people that they did not turn down or give back later. Who gave back one of two
    purchases is not counted either: counts do not add up pieces.
    """
    # Few people ever ask for less, and only their choices are compared with what came later.
    rules = EventRules.of(catalog)
    some = Interaction.objects.filter(asks_for_less(rules), catalog=catalog).values("profile_id")
    stands = ~Q(profile_id__in=some.order_by()) | _stands(rules)
    return _choices(rules).filter(stands, catalog=catalog)


def chosen_of(rules: EventRules, item_ids: Collection[int]) -> QuerySet[Interaction]:
    """The same for a few items of a catalogue, by index: nothing else of the log is read."""
    # Without the catalogue's own condition: SQLite would read by it instead of by the items.
    return _choices(rules).filter(_stands(rules), item_id__in=list(item_ids))


def _choices(rules: EventRules) -> QuerySet[Interaction]:
    return Interaction.objects.filter(of_people(), chooses(rules)).order_by()


def _stands(rules: EventRules) -> Q:
    """Nothing that came later from this person asks for less of the item."""
    later = Interaction.objects.filter(
        asks_for_less(rules),
        item=OuterRef("item"),
        profile=OuterRef("profile"),
        created_at__gte=OuterRef("created_at"),
    )
    return Q(~Exists(later.exclude(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk"))))
