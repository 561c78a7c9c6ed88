"""The rows of an item's page: items with similar texts, of the same people, and taken after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import item_queries, popularity
from catalog.browse.cards import PlainCard, Shelf, cards_of, done_by
from catalog.item_traits import traits_of
from catalog.models import Item, Profile
from recommender.engine.related_items import Relation, related
from recommender.explanations import evidence
from recommender.serving import availability
from recommender.serving.live_models import LiveModel
from recommender.serving.page_plan import PagePlan
from recommender.serving.user_context import UserContext

ROW = 12
#: How much deeper the lists are read where variants may fill them.
DEEPER = 4
#: The order of the rows, and of their turns in ``deal``.
ORDER = (Relation.TEXT, Relation.PEOPLE, Relation.AFTER)


def item_rows(
    item: Item, profile: Profile | None, user: UserContext, *, n: int = ROW
) -> list[Shelf]:
    """Rows of items related to one; no item twice, none that the person does not want.

    Empty rows are left out.
    """
    page = PagePlan(profile, user, most=n * len(ORDER))
    model = page.model
    index = None if model is None else model.index_of(item.pk)
    if model is None or index is None:
        unwanted = {*user.unavailable, *user.unwanted, *user.left_out.pks}
        related_pks = {Relation.TEXT: _of_its_category(item, n, unwanted)}
        note = _("From the same category.")
    else:
        related_pks, note = _related(page, model, item, index, n)
    titles = {
        Relation.TEXT: (_("Similar items"), note),
        Relation.PEOPLE: (_("Chosen by the same people"), ""),
        Relation.AFTER: (
            _("What to choose next"),
            _("Based on the order in which people chose items."),
        ),
    }
    cards, done = _cards(item, related_pks), done_by(profile, chain(*related_pks.values()))
    shelves = []
    for relation in ORDER:
        row = [cards[pk] for pk in related_pks.get(relation, ()) if pk in cards]
        title, line = titles[relation]
        if row:
            shelves.append(Shelf(f"item-{relation}", title, row, line, done=done))
    return shelves


def _related(
    page: PagePlan, model: LiveModel, item: Item, index: int, n: int
) -> tuple[dict[Relation, list[int]], str]:
    """Item pks by relation, and how those of the first row were found.

    Items that the person's dislikes penalise come last.
    """
    user, deep = page.user, page.most
    rules = page.rules
    allowed = ~model.mask(user.unavailable) & ~user.left_out.mask(model)
    left_out = model.indices({item.pk, *user.unwanted})
    allowed[rules.with_variants(left_out)] = False
    last = rules.with_unread(model.recommender.penalised(user.query(model)))
    if rules.groups is not None:
        deep *= DEEPER
    traits = traits_of(item.catalog)
    found = {
        relation: model.item_pks[
            related(model.recommender, relation, index, deep, allowed, last=last)
        ].tolist()
        for relation in ORDER
    }
    note = _("Based on the items’ texts.")
    if not found[Relation.TEXT]:  # no component reads texts alone: all components together
        near = page.near(item.pk, page.most, hides_known=False)
        found[Relation.TEXT], note = near.own_pks if near is not None else [], ""
    return deal(found, n, traits.groups), note


def deal(
    ranked: Mapping[Relation, Sequence[int]], n: int, groups: Mapping[int, int] | None = None
) -> dict[Relation, list[int]]:
    """At most ``n`` of each list, no item twice: in turn each takes its best remaining item.

    ``groups``: item pk -> number of its group of variants; of each group one item is taken.
    """
    left, taken = {relation: iter(found) for relation, found in ranked.items()}, set[int]()
    of_group = groups or {}
    # Numbers of groups below 0, so that they are no item's pk.
    name = {pk: -1 - number for pk, number in of_group.items()}
    dealt: dict[Relation, list[int]] = {relation: [] for relation in ranked}
    for _turn in range(n):
        for relation, rest in left.items():
            best = next((item for item in rest if name.get(item, item) not in taken), None)
            if best is not None:
                taken.add(name.get(best, best))
                dealt[relation].append(best)
    return dealt


def _of_its_category(item: Item, n: int, leave_out: Collection[int]) -> list[int]:
    names = item.category_names
    pks = availability.available_in(item.catalog, names[0] if names else None, newest_first=True)
    traits = traits_of(item.catalog)
    left = [pk for pk in availability.popular_first(item.catalog, pks) if pk not in leave_out]
    others = (pk for pk in left if pk != item.pk)
    seen = traits.groups_of([item.pk])
    return list(islice(traits.one_of_each_group(others, seen), n))


def _cards(item: Item, chosen: Mapping[Relation, Sequence[int]]) -> dict[int, PlainCard]:
    """Cards by item pk, with how many people chose both items."""
    counted = [pk for relation, pks in chosen.items() if relation != Relation.TEXT for pk in pks]
    both = popularity.people_of_both(item, counted) if counted else {}
    found = item_queries.items_in_order([*chain(*chosen.values())])
    cards = {card.item.pk: card for card in cards_of(item.catalog, found)}
    return cards | {
        pk: replace(cards[pk], reason=_counted_together(item, both[pk]))
        for pk in counted
        if pk in cards
    }


def _counted_together(item: Item, both: int) -> str:
    line = ngettext("%(n)s person chose both", "%(n)s people chose both", both) % {"n": both}
    return line if both else evidence.goes_with(item)
