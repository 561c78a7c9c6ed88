"""Lists for people and programs, each planned and explained by a page plan of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from catalog import item_queries
from catalog.models import Catalog, Category, Item, Profile
from recommender.engine.data.types import StatedPreferences
from recommender.explanations import explanations
from recommender.explanations.explanations import Explanation
from recommender.serving import impressions
from recommender.serving.exclusion_lines import label
from recommender.serving.item_lists import ItemList
from recommender.serving.list_plan import ListPlan, fill_one, without_model
from recommender.serving.list_request import LISTED, ListOptions
from recommender.serving.live_models import live
from recommender.serving.page_plan import PagePlan
from recommender.serving.user_context import UserContext, user_context_of


def recommend_for(
    profile: Profile | None,
    *,
    catalog: Catalog,
    n: int = LISTED,
    tail: float | None = None,
    category: Category | str | None = None,
    only_tail: bool = False,
    exclude: Iterable[int] = (),
    calibration: float | None = None,
    min_provider_share: float | None = None,
    languages: Sequence[str] = (),
    surface: str = "for_you",
    record: bool = True,
    repeat: bool = False,
    user: UserContext | None = None,
) -> ItemList:
    """A person's list, made of everything up to this moment.

    Args:
        profile: None for somebody who has done nothing yet.
        tail, category, calibration, min_provider_share, languages: as in ``ListOptions``.
        only_tail: only items of the tail.
        exclude: pks of items that are shown elsewhere.
        surface: where the list is shown, for the impressions, which ``record`` writes.
        repeat: whether items of repeatable kinds may come back, lower where they are not due.
        user: from ``user_context_of``; None = read here.
    """
    options = ListOptions(tail, category, None, calibration, min_provider_share, tuple(languages))
    user = user or user_context_of(profile, catalog)
    user = user.with_repeats() if repeat else user

    def made(absent: Collection[int]) -> tuple[PagePlan, ListPlan]:
        page = PagePlan(profile, user, most=n, options=options, exclude={*exclude, *absent})
        [plan] = page.explain([page.recommend(n, only_tail=only_tail)])
        return page, plan

    found = _without_holes(catalog, made) or ItemList([])
    found = replace(found, left_out=user.left_out.counted)
    if record and profile is not None and found.cards:
        shown = [(card.item.pk, card.sources) for card in found.cards]
        impressions.record_impressions(
            profile=profile, version=found.version, surface=surface, shown=shown
        )
    return found


def similar_items(
    item: Item,
    *,
    n: int = 12,
    user: UserContext | None = None,
    exclude: Collection[int] = (),
    languages: Sequence[str] = (),
) -> ItemList:
    """Items near one, without its variants: by the model, else those of its main category.

    ``user``: whose dislikes, hidden items and languages count; None = nobody's. ``exclude``: pks
    that are left out. ``languages``: as in ``ListOptions``.
    """
    catalog = item.catalog
    user = user or user_context_of(None, catalog, page_language=None)
    names = item.category_names
    options = ListOptions(languages=tuple(languages))

    def made(absent: Collection[int]) -> tuple[PagePlan, ListPlan] | None:
        page = PagePlan(
            None,
            user,
            most=n,
            options=options,
            exclude={*exclude, *absent},
        )
        near = page.near(item.pk, n, hides_known=False)
        return None if near is None else (page, page.explain([near])[0])

    if (found := _without_holes(catalog, made)) is not None:
        return found
    plan = without_model(
        catalog,
        n,
        names[0] if names else None,
        False,
        {item.pk, *user.unwanted, *user.left_out.pks, *exclude},
        languages=languages,
        reads=user.reads,
    )
    plain = fill_one(catalog, plan, None)
    return ItemList(plain.cards, None, "same_category" if names else plain.fallback)


Make = Callable[[Collection[int]], tuple[PagePlan, ListPlan] | None]


def _without_holes(catalog: Catalog, make: Make) -> ItemList | None:
    """The list with its items. If some went while it was made, it is made once more without them.

    ``make``: plans the list without the items whose pks it is given; None = there is no list.
    """
    found, absent = None, set[int]()
    for _attempt in range(2):
        if (made := make(absent)) is None:
            return None
        page, plan = made
        found = fill_one(catalog, plan, page.version)
        absent = set(plan.pks) - {card.item.pk for card in found.cards}
        if not absent:
            break
    return found


def explain(
    profile: Profile | None, item: Item, *, tail: float | None = None, only_tail: bool = False
) -> Explanation:
    """Why an item is where it is in a person's list; its fallback where no model knows it.

    An item of the person's history is explained as if they had never met it.
    """
    catalog = item.catalog
    user = user_context_of(profile, catalog).without({item.pk})
    page = PagePlan(profile, user, most=LISTED, options=ListOptions(tail))
    if page.model is None:
        return explanations.unexplained(item, "popular")
    planned = page.explain_item(item, only_tail=only_tail)
    if planned is None:
        return explanations.unexplained(item, "newest")
    plan = ListPlan([planned])
    [explanation] = explain_list(fill_one(catalog, plan, page.version, served=False), catalog)
    return replace(explanation, left_out=tuple(map(label, user.left_out.reasons(item.pk))))


def explain_list(found: ItemList, catalog: Catalog) -> list[Explanation]:
    """The explanation of each card, from the contributions that the list was made with."""
    if found.version is None:
        return [explanations.unexplained(card.item, card.sources[0]) for card in found.cards]
    named = {each.item for card in found.cards for each in card.contributions}
    past = _items([pk for pk in named if pk is not None], catalog)
    return [
        explanations.explain(
            card.item,
            card.contributions,
            past,
            dial_gain=card.dial_gain,
            people=card.people,
        )
        for card in found.cards
    ]


def predicted_stars(profile: Profile | None, item: Item) -> float | None:
    """Predicted stars of an item; None if the person rated it or if nothing is known."""
    model = live(item.catalog)
    index = None if model is None else model.index_of(item.pk)
    if model is None or model.recommender.rating is None or index is None or profile is None:
        return None
    user = user_context_of(profile, item.catalog, stated_preferences=StatedPreferences())
    query = user.query(model)
    if item.pk in user.low_ratings:
        return None
    if query.values is not None and not np.isnan(query.values[query.history == index]).all():
        return None
    return model.predicted_stars(query, [index])[0]


def penalised_with(profile: Profile, item: Item) -> int:
    """How many items that may be shown are penalised only because the person disliked this one."""
    model = live(item.catalog)
    if model is None:
        return 0
    user = user_context_of(profile, item.catalog, stated_preferences=StatedPreferences())
    query, index = user.query(model), model.index_of(item.pk)
    others = tuple(each for each in query.negative_feedback if each.item != index)
    before = model.recommender.penalised(replace(query, negative_feedback=others))
    new = model.recommender.penalised(query) & ~before
    return int((new & ~model.mask([*user.unavailable, *user.known])).sum())


def _items(pks: Sequence[int], catalog: Catalog) -> dict[int, Item]:
    found = item_queries.items_in_order(list(pks), only_available=False, catalog=catalog)
    return {item.pk: item for item in found}
