"""The stars that a person gives an item; only the latest number counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import ngettext

from catalog.interactions.record import record_interaction
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.event_kinds import Kind, kinds_of

MOST = 5


@dataclass(frozen=True, slots=True)
class Step:
    """A star button. ``lit``: at or below the given stars; ``chosen``: equal to them."""

    stars: int
    label: str
    lit: bool
    chosen: bool


def takes_stars(catalog: Catalog) -> bool:
    """Whether ratings have a weight; otherwise pages do not ask for stars."""
    return kinds_of(catalog).weights.get(Kind.RATE, 0.0) > 0


def stars_given(profile: Profile | None, item: Item) -> float | None:
    if profile is None:
        return None
    rows = Interaction.objects.filter(profile=profile, item=item, kind=Kind.RATE)
    return rows.values_list("value", flat=True).first()


def steps(given: float | None) -> Sequence[Step]:
    """The buttons, one star first; half stars, from programs, light the full ones below."""
    return [
        Step(n, ngettext("%(n)s star", "%(n)s stars", n) % {"n": n}, n <= (given or 0), n == given)
        for n in range(1, MOST + 1)
    ]


@transaction.atomic
def rate(*, profile: Profile, item: Item, stars: float) -> Interaction:
    """Replace the person's stars; raises as ``record_interaction``."""
    Interaction.objects.filter(profile=profile, item=item, kind=Kind.RATE).delete()
    return record_interaction(profile=profile, item=item, kind=Kind.RATE, value=stars)[0]
