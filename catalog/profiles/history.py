"""What a person did: the latest events, the known items, and negative feedback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from catalog.feedback.order import Decided, decide
from catalog.feedback.queries import asks_for_less
from catalog.feedback.signs import Events
from catalog.models import ExcludedReason, Interaction, Profile
from catalog.models.event_kinds import Kinds
from catalog.models.event_rules import EventRules
from catalog.models.items import available_now
from config.statements import Statement


@dataclass(frozen=True, slots=True)
class Reason:
    """An event that speaks for its item. ``rating``: NaN without one."""

    item_id: int
    kind: str
    weight: float
    rating: float


@dataclass(frozen=True, slots=True)
class Past:
    """What a person did, without what they took back.

    Attributes:
        liked: the events that lists are made from, the newest first.
        known: items with negative feedback or that the person took, liked, saved or rated; not
            recommended again.
        disliked: items with negative feedback, oldest first, each with the items chosen later.
        low_ratings: the ratings among the negative feedback, by item.
        repeats: the seconds of each event of a repeatable kind, oldest first, by item.
    """

    liked: Sequence[Reason]
    known: set[int]
    disliked: list[tuple[int, frozenset[int]]]
    low_ratings: dict[int, float]
    repeats: dict[int, list[float]]


def history(profile: Profile, *, n: int) -> QuerySet[Interaction]:
    """The newest ``n`` events that do not ask for less, newest first."""
    rows = Interaction.objects.filter(profile=profile)
    return rows.exclude(asks_for_less(EventRules.of(profile.catalog)))[:n]


def past(profile: Profile, *, n: int) -> Past:
    """The last ``n`` reasons without excluded ones, the known and the disliked items; one query."""
    rules = EventRules.of(profile.catalog)
    acts = _acts(profile, rules.kinds, n)
    items = np.array([act.item_id for act in acts], dtype=np.int64)
    events = _events(rules, acts)
    found = decide(rules, items, events)
    reasons = [
        Reason(act.item_id, act.kind, float(weight), float(rating))
        for act, counts, weight, rating in zip(
            acts, found.reasons, found.said.weights, found.said.ratings, strict=True
        )
        if counts and not act.excluded
    ]
    return Past(
        reasons[::-1][:n],
        _known(acts, found, rules.kinds),
        _disliked(acts, found, rules),
        _low_ratings(acts, found),
        _repeats(acts, found, rules.kinds),
    )


class _Act(NamedTuple):
    item_id: int
    kind: str
    value: float | None
    quantity: float | None
    created_at: datetime
    excluded: bool


def _acts(profile: Profile, kinds: Kinds, n: int) -> list[_Act]:
    """Oldest first: the last ``n`` events, and all that decide what is known or disliked."""
    return [*map(_Act._make, reversed(_acts_of(kinds, n).rows(profile.pk)))]


@lru_cache(maxsize=256)
def _acts_of(kinds: Kinds, n: int) -> Statement:
    def acts(profile: int) -> QuerySet[Any, Any]:
        reasons = ExcludedReason.objects.filter(profile=profile, item=OuterRef("item"))
        events = Interaction.objects.filter(profile=profile).annotate(excluded=Exists(reasons))
        latest = events.filter(excluded=False).exclude(kind__in=kinds.negative | kinds.cancelling)
        deciding = Q(kind__in=kinds.deciding)
        rows = events.filter(deciding | Q(pk__in=latest.values("pk")[:n]) if n else deciding)
        return rows.values_list(*_Act._fields)

    return Statement(acts, int)


def _events(rules: EventRules, acts: Sequence[Any]) -> Events:
    kinds, values = [act.kind for act in acts], [act.value for act in acts]
    return Events.of(rules, kinds, values, [act.quantity for act in acts])


def _known(acts: Sequence[Any], found: Decided, kinds: Kinds) -> set[int]:
    return {
        act.item_id
        for act, stands in zip(acts, found.stands, strict=True)
        if stands and act.kind in kinds.known
    }


def _disliked(
    acts: Sequence[Any], found: Decided, rules: EventRules
) -> list[tuple[int, frozenset[int]]]:
    """Items with negative feedback, oldest first, each with the items chosen later."""
    chosen: set[int] = set()
    disliked: list[tuple[int, frozenset[int]]] = []
    columns = zip(acts, found.turned_down, found.reasons, found.said.signs, strict=True)
    for act, turned_down, counts, sign in reversed(list(columns)):
        if turned_down:
            disliked.append((act.item_id, frozenset(chosen)))
        elif counts and sign > 0 and act.kind in rules.kinds.chosen and not act.excluded:
            chosen.add(act.item_id)
    return disliked[::-1]


def _low_ratings(acts: Sequence[Any], found: Decided) -> dict[int, float]:
    rows = np.flatnonzero(found.turned_down & ~np.isnan(found.said.ratings))
    return {acts[row].item_id: float(found.said.ratings[row]) for row in rows.tolist()}


def _repeats(acts: Sequence[Any], found: Decided, kinds: Kinds) -> dict[int, list[float]]:
    times: dict[int, list[float]] = {}
    for act, counts in zip(acts, found.reasons, strict=True):
        if counts and act.kind in kinds.repeatable:
            times.setdefault(act.item_id, []).append(act.created_at.timestamp())
    return times


def known(profile: Profile) -> set[int]:
    """The items that the person knows; not recommended again."""
    return past(profile, n=0).known


def disliked(profile: Profile) -> set[int]:
    """The items with negative feedback."""
    return {item for item, _since in past(profile, n=0).disliked}


def taken(profile: Profile, *, n: int) -> list[int]:
    """The items that a person took, liked, saved or rated and still stands by, the latest first."""
    rules = EventRules.of(profile.catalog)
    rows = Interaction.objects.filter(profile=profile, kind__in=rules.kinds.deciding)
    shown = rows.annotate(is_shown=Case(When(available_now("item__"), then=True), default=False))
    columns = ("item_id", "kind", "value", "quantity", "is_shown")
    acts: list[Any] = [*shown.values_list(*columns, named=True)][::-1]
    events = _events(rules, acts)
    found = decide(rules, np.array([act.item_id for act in acts], dtype=np.int64), events)
    chosen = rules.kinds.chosen
    chosen_items = [
        act.item_id
        for act, counts in zip(acts, found.reasons, strict=True)
        if counts and act.kind in chosen and act.is_shown
    ]
    return list(dict.fromkeys(reversed(chosen_items)))[:n]
