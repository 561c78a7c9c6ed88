"""What a person did: the latest events, the known items, and negative feedback."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import ExcludedReason, Interaction, Profile
from catalog.models.event_kinds import CHOSEN_KINDS, KNOWN_KINDS, NEGATIVE_KINDS


@dataclass(frozen=True, slots=True)
class Past:
    """What a person did.

    Attributes:
        liked: rows of item_id, kind and value, the newest first.
        known: items with negative feedback or that the person took, liked, saved or rated; never
            recommended again.
        disliked: items with negative feedback, oldest first, each with the items chosen later.
    """

    liked: Sequence[Any]
    known: set[int]
    disliked: list[tuple[int, frozenset[int]]]


def history(profile: Profile, *, n: int) -> QuerySet[Interaction]:
    """The newest ``n`` events without negative feedback, newest first."""
    return Interaction.objects.filter(profile=profile).exclude(kind__in=NEGATIVE_KINDS)[:n]


def past(profile: Profile, *, n: int) -> Past:
    """The last ``n`` positive events without excluded reasons, and the known items; one query."""
    excluded = Exists(ExcludedReason.objects.filter(profile=profile, item=OuterRef("item")))
    events = Interaction.objects.filter(profile=profile).annotate(excluded=excluded)
    liked = events.filter(excluded=False).exclude(kind__in=NEGATIVE_KINDS)
    rows = events.filter(Q(kind__in=KNOWN_KINDS) | Q(pk__in=liked.values("pk")[:n]))
    acts: list[Any] = [*rows.values_list("item_id", "kind", "value", "excluded", named=True)]
    reasons = [act for act in acts if act.kind not in NEGATIVE_KINDS and not act.excluded]
    return Past(
        reasons[:n], {act.item_id for act in acts if act.kind in KNOWN_KINDS}, _disliked(acts)
    )


def _disliked(acts: Sequence[Any]) -> list[tuple[int, frozenset[int]]]:
    """Items with negative feedback, oldest first. ``acts``: the newest first."""
    chosen: set[int] = set()
    found: dict[int, frozenset[int]] = {}
    for act in acts:
        if act.kind in CHOSEN_KINDS and not act.excluded:
            chosen.add(act.item_id)
        elif act.kind in NEGATIVE_KINDS and act.item_id not in found:
            found[act.item_id] = frozenset(chosen)
    return list(found.items())[::-1]


def known(profile: Profile, kinds: Collection[str] = KNOWN_KINDS) -> set[int]:
    """The items with an event of one of these kinds."""
    rows = Interaction.objects.filter(profile=profile, kind__in=kinds).order_by()
    return set(rows.values_list("item_id", flat=True))


def taken(profile: Profile, *, n: int) -> list[int]:
    """The items that a person took, liked, saved or rated, the latest first."""
    rows = Interaction.objects.filter(profile=profile, kind__in=CHOSEN_KINDS, item__available=True)
    return list(dict.fromkeys(rows.values_list("item_id", flat=True)))[:n]
