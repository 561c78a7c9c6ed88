"""Lists for people: from what they did, through the live model, to cards in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from catalog import item_queries, popularity
from catalog.models import Catalog, Category, Item, Profile
from recommender.engine.data.types import (
    BoolArray,
    Contribution,
    NegativeFeedback,
    Query,
    RankedItem,
    StatedPreferences,
)
from recommender.engine.pipeline import Request
from recommender.explanations import explanations
from recommender.explanations.explanations import Explanation
from recommender.serving import availability, impressions
from recommender.serving.item_lists import ItemList
from recommender.serving.list_builder import ListPlan, ModelListPlan, fill_one, without_model
from recommender.serving.live_models import LiveModel, live
from recommender.serving.user_context import UserContext, user_context_of

MIN_TAIL_SHARE = 0.2
"""A fifth of every list introduces something, however the dial stands; more where tuning found that more is better."""


GEMS_WHY = "?gems=1"
"""What a hidden gem's card adds to the address that takes its score apart."""


DIVERSITY = 0.15
"""Enough to part twins (the same mug in red), too little to bring what does not fit."""


def recommend_for(
    profile: Profile | None,
    *,
    catalog: Catalog,
    n: int = 24,
    tail: float | None = None,
    category: Category | str | None = None,
    only_tail: bool = False,
    exclude: Iterable[int] = (),
    calibration: float | None = None,
    min_provider_share: float | None = None,
    surface: str = "for_you",
    record: bool = True,
    person: UserContext | None = None,
) -> ItemList:
    """A person's list, made of everything up to this moment.

    Args:
        profile: None for somebody who has done nothing yet.
        tail: the dial, 0 … 1, held within the catalogue's bounds; None = the person's own, else the catalogue's.
        category: one of the catalogue's, or its name.
        only_tail: hidden gems only.
        exclude: pks of items that are shown elsewhere.
        calibration: 0 … 1, as ``engine.Request`` has it; None = the catalogue's, or what tuning found if more.
        min_provider_share: 0 … 1, likewise; never less than the catalogue promises.
        surface: where it is shown, for the impressions that are written unless ``record`` is False.
        person: from ``user_context_of``, for a page of several lists; else read here.
    """
    person, model = person or user_context_of(profile, catalog), live(catalog)
    if model is None:
        plan: ListPlan = without_model(catalog, n, category, only_tail, {*person.known, *exclude})
    else:
        request = _request(
            person, model, catalog, n, _dial(profile, catalog, tail), category, only_tail, exclude
        )
        request = _with_promises(request, model, catalog, calibration, min_provider_share)
        asked = asked_of(profile, catalog, tail)
        plan = ModelListPlan(
            model,
            *model.recommend(request),
            request.query,
            asked,
            why=GEMS_WHY if only_tail else "",
        )
    page = fill_one(catalog, plan)
    if record and profile is not None and page.cards:
        places = [(card.item.pk, card.sources) for card in page.cards]
        impressions.record_impressions(
            profile=profile, version=page.version, surface=surface, places=places
        )
    return page


def next_list(
    profile: Profile | None, *, catalog: Catalog, tail: float | None = None
) -> tuple[UserContext, LiveModel, Request] | None:
    """With what ``recommend_for`` would ask for a person's list now; None where no model serves."""
    person, model = user_context_of(profile, catalog), live(catalog)
    if model is None:
        return None
    return (
        person,
        model,
        request_of(profile, person, model, n=24, tail=_dial(profile, catalog, tail)),
    )


def last_choice(person: UserContext, model: LiveModel) -> int | None:
    """The pk of what a person chose last, of the items that the model knows."""
    chosen = (
        pk for pk in reversed(person.history) if pk in person.known and pk not in person.hidden
    )
    return next((pk for pk in chosen if model.index_of(pk) is not None), None)


def near_to(
    pk: int,
    person: UserContext,
    model: LiveModel,
    *,
    n: int,
    exclude: Collection[int] = (),
    among: Collection[int] | None = None,
) -> ModelListPlan:
    """What is near an item and new to the person."""
    allowed = ~model.mask({*person.unavailable, *person.known, *person.history, *exclude})
    allowed = allowed if among is None else allowed & model.mask(among)
    return near_plan(model, pk, n, allowed, person.negative_feedback(model))


def similar_items(item: Item, *, n: int = 12, person: UserContext | None = None) -> ItemList:
    """Items near one: by the model, else those of its main category.

    ``person``: whose refusals and hidden items count; None = nobody's.
    """
    model, unwanted = live(item.catalog), person.unwanted if person is not None else frozenset()
    if model is None or model.index_of(item.pk) is None:
        names = item.category_names
        plan = without_model(
            item.catalog, n, names[0] if names else None, False, {item.pk, *unwanted}
        )
        page = fill_one(item.catalog, plan)
        return ItemList(page.cards, None, "same_category" if names else page.fallback)
    allowed = ~model.mask([*availability.unavailable(item.catalog), *unwanted])
    negative_feedback = person.negative_feedback(model) if person is not None else ()
    return fill_one(item.catalog, near_plan(model, item.pk, n, allowed, negative_feedback))


def penalised_with(profile: Profile, item: Item) -> int:
    """How many items that may be shown to a person sink because they turned this one down, and for nothing else."""
    model, person = (
        live(item.catalog),
        user_context_of(profile, item.catalog, stated_preferences=StatedPreferences()),
    )
    if model is None:
        return 0
    query, index = person.query(model), model.index_of(item.pk)
    before = replace(
        query,
        negative_feedback=tuple(each for each in query.negative_feedback if each.item != index),
    )
    new = model.recommender.penalised(query) & ~model.recommender.penalised(before)
    return int((new & ~model.mask([*person.unavailable, *person.known])).sum())


def explain(
    profile: Profile | None, item: Item, *, tail: float | None = None, only_tail: bool = False
) -> Explanation:
    """Why an item stands where it does in a person's list; without a model or for a newer item, its fallback."""
    return explain_many(profile, [item], catalog=item.catalog, tail=tail, only_tail=only_tail)[0]


def explain_many(
    profile: Profile | None,
    items: Sequence[Item],
    *,
    catalog: Catalog,
    tail: float | None = None,
    category: Category | str | None = None,
    only_tail: bool = False,
) -> list[Explanation]:
    """What ``explain`` says of each item, with the catalogue scored once.

    The dial's part depends on what an item competes with: give the wishes that the list was made with.
    """
    model = live(catalog)
    if model is None:
        return [explanations.unexplained(item, "popular") for item in items]
    person = user_context_of(profile, catalog).without({item.pk for item in items})
    request = _request(
        person, model, catalog, 24, _dial(profile, catalog, tail), category, only_tail, ()
    )
    known = {item.pk: index for item in items if (index := model.index_of(item.pk)) is not None}
    reasons = dict(
        zip(
            known,
            model.explain(request, [RankedItem(index, 0.0) for index in known.values()]),
            strict=True,
        )
    )
    past_pks = _past_pks(model, (part for why in reasons.values() for part in why.parts))
    rows = _rows(past_pks.values())
    past = {index: rows[pk] for index, pk in past_pks.items() if pk in rows}
    people, asked = popularity.people_per_item(list(known)), asked_of(profile, catalog, tail)
    return [
        explanations.explain(
            item, why.parts, past, dial_gain=asked * why.dial_gain, people=people[item.pk]
        )
        if (why := reasons.get(item.pk))
        else explanations.unexplained(item, "newest")
        for item in items
    ]


def predicted_stars(profile: Profile | None, item: Item) -> float | None:
    """What a person would give an item; None for one that they rated, and where nothing can be told."""
    model = live(item.catalog)
    index = None if model is None else model.index_of(item.pk)
    if model is None or model.recommender.rating is None or index is None or profile is None:
        return None
    query = user_context_of(profile, item.catalog, stated_preferences=StatedPreferences()).query(
        model
    )
    if query.values is not None and not np.isnan(query.values[query.history == index]).all():
        return None
    return model.predicted_stars(query, [index])[0]


def _dial(profile: Profile | None, catalog: Catalog, tail: float | None) -> float:
    own = profile.tail if profile is not None and tail is None else tail
    return catalog.clamp_tail(own)


def asked_of(profile: Profile | None, catalog: Catalog, tail: float | None) -> float:
    """Which part of the dial, 0 … 1, is the person's wish: what goes beyond the catalogue's default."""
    dial = _dial(profile, catalog, tail)
    return max(0.0, dial - catalog.clamp_tail(None)) / dial if dial else 0.0


def _request(
    person: UserContext,
    model: LiveModel,
    catalog: Catalog,
    n: int,
    tail: float,
    category: Category | str | None,
    only_tail: bool,
    exclude: Iterable[int],
) -> Request:
    return Request(
        person.query(model),
        n=n,
        tail=tail,
        exclude=model.indices({*person.known, *exclude}),
        allowed=_allowed(catalog, model, category, person),
        min_tail_share=max(MIN_TAIL_SHARE, float(model.version.blend.get("min_tail_share", 0.0))),
        diversity=DIVERSITY,
        only_tail=only_tail,
    )


def _with_promises(
    request: Request,
    model: LiveModel,
    catalog: Catalog,
    calibration: float | None = None,
    min_provider_share: float | None = None,
) -> Request:
    return replace(
        request,
        calibration=_mix_wish(catalog, model) if calibration is None else calibration,
        min_provider_share=max(catalog.min_provider_share, min_provider_share or 0.0),
    )


def _mix_wish(catalog: Catalog, model: LiveModel) -> float:
    return max(catalog.calibration, float(model.version.blend.get("calibration", 0.0)))


def request_of(
    profile: Profile | None,
    person: UserContext,
    model: LiveModel,
    *,
    n: int,
    tail: float,
    among: Collection[int] | None = None,
) -> Request:
    """What the lists of a page have in common; ``among``: pks of what they may hold, None = everything."""
    catalog = person.catalog
    request = _request(person, model, catalog, n, _dial(profile, catalog, tail), None, False, ())
    if among is not None:
        assert request.allowed is not None
        request = replace(request, allowed=request.allowed & model.mask(among))
    return _with_promises(request, model, catalog)


def _allowed(
    catalog: Catalog, model: LiveModel, category: Category | str | None, person: UserContext
) -> BoolArray:
    """(n_items,) what may be shown now: one query, small either way."""
    if category:
        return model.mask(availability.available_in(catalog, str(category)))
    return ~model.mask(person.unavailable)


def near_plan(
    model: LiveModel,
    pk: int,
    n: int,
    allowed: BoolArray,
    negative_feedback: tuple[NegativeFeedback, ...] = (),
) -> ModelListPlan:
    """What is near an item that the model knows; what ``negative_feedback`` sink comes last."""
    index = model.index_of(pk)
    assert index is not None
    return ModelListPlan(
        model, *model.similar(index, n, allowed, negative_feedback), Query.of([index])
    )


def _rows(pks: Iterable[int]) -> dict[int, Item]:
    return {item.pk: item for item in item_queries.items_in_order(list(pks), only_available=False)}


def _past_pks(model: LiveModel, parts: Iterable[Contribution]) -> dict[int, int]:
    """Index and pk of the past items that parts speak of."""
    indices = {part.item for part in parts if part.item is not None}
    return {index: int(model.item_pks[index]) for index in indices}
