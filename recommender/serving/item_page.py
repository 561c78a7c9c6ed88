"""The rows of an item's page: what is like it by texts, by people, and what goes well after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import item_queries, popularity
from catalog.browse.cards import PlainCard, Shelf, cards_of, done_by
from catalog.models import Item, Profile
from recommender.engine.retrieval.related_items import Relation, related
from recommender.explanations import evidence
from recommender.serving import availability
from recommender.serving.live_models import LiveModel, live
from recommender.serving.user_context import UserContext

ROW = 12
#: As the rows stand, and as each takes its turn.
ORDER = (Relation.TEXT, Relation.PEOPLE, Relation.AFTER)


def item_rows(
    item: Item, profile: Profile | None, person: UserContext, *, n: int = ROW
) -> list[Shelf]:
    """Rows of items related to one, no item twice, none that the person does not want; empty ones are left out."""
    model, put_away = live(item.catalog), {*person.unavailable, *person.unwanted}
    index = None if model is None else model.index_of(item.pk)
    if model is None or index is None:
        chosen, by = (
            {Relation.TEXT: _of_its_category(item, n, put_away)},
            _("Of the same category."),
        )
    else:
        chosen, by = _choose(model, person, index, n)
    titles = {
        Relation.TEXT: (_("Items like it"), by),
        Relation.PEOPLE: (_("Chosen by the same people"), ""),
        Relation.AFTER: (_("Goes well after this"), _("By the order in which people took things.")),
    }
    cards, done = _cards(item, chosen), done_by(profile, chain(*chosen.values()))
    rows = [
        (relation, [cards[pk] for pk in chosen.get(relation, ()) if pk in cards])
        for relation in ORDER
    ]
    return [
        Shelf(f"item-{key}", titles[key][0], row, titles[key][1], done=done)
        for key, row in rows
        if row
    ]


def _choose(
    model: LiveModel, person: UserContext, index: int, n: int
) -> tuple[dict[Relation, list[int]], str]:
    """Item pks by relation, and how those of the first row were found; what the person's refusals sink comes last."""
    allowed, by = (
        ~model.mask({*person.unavailable, *person.unwanted}),
        _("By what is written of them."),
    )
    penalised, deep = model.recommender.penalised(person.query(model)), n * len(ORDER)
    ranked = {
        relation: related(model.recommender, relation, index, deep, allowed, last=penalised)
        for relation in ORDER
    }
    if not ranked[
        Relation.TEXT
    ]:  # no part of this model reads texts alone: what all its parts find nearest
        near = model.recommender.similar(index, deep, allowed, person.negative_feedback(model))
        ranked[Relation.TEXT], by = (
            [place.item for place in near.places if "similar" in place.sources],
            "",
        )
    return {
        relation: model.item_pks[found].tolist() for relation, found in deal(ranked, n).items()
    }, by


def deal(ranked: Mapping[Relation, Sequence[int]], n: int) -> dict[Relation, list[int]]:
    """At most ``n`` of each list, none twice: each in turn takes the best that is left, so that none starves."""
    left, taken = {relation: iter(found) for relation, found in ranked.items()}, set[int]()
    dealt: dict[Relation, list[int]] = {relation: [] for relation in ranked}
    for _turn in range(n):
        for relation, rest in left.items():
            best = next((item for item in rest if item not in taken), None)
            if best is not None:
                taken.add(best)
                dealt[relation].append(best)
    return dealt


def _of_its_category(item: Item, n: int, leave_out: Collection[int]) -> list[int]:
    names = item.category_names
    pks = availability.available_in(item.catalog, names[0] if names else None, newest_first=True)
    return [
        pk
        for pk in availability.popular_first(item.catalog, pks)
        if pk not in leave_out and pk != item.pk
    ][:n]


def _cards(item: Item, chosen: Mapping[Relation, Sequence[int]]) -> dict[int, PlainCard]:
    """By item, each with what was counted of it and the item; three queries and those of the standing."""
    counted = [pk for relation, pks in chosen.items() if relation != Relation.TEXT for pk in pks]
    both = popularity.people_of_both(item, counted) if counted else {}
    found = item_queries.items_in_order([*chain(*chosen.values())])
    cards = {card.item.pk: card for card in cards_of(item.catalog, found)}
    return cards | {
        pk: replace(cards[pk], reason=_told(item, both[pk])) for pk in counted if pk in cards
    }


def _told(item: Item, both: int) -> str:
    told = ngettext("%(n)s person took both", "%(n)s people took both", both) % {"n": both}
    return told if both else evidence.goes_with(item)
