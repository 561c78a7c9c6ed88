"""How many people a catalogue has. Who only looks around is none yet."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Q

from catalog.models import Catalog, Interaction, Profile, SuspectProfile
from catalog.models.event_kinds import kinds_of


def people_by_catalog(catalogs: Sequence[Catalog]) -> dict[int, int]:
    """The number of people by catalogue; catalogues without people are missing.

    Accounts and the owner's people count. A visit counts from the first act on: a view or a click
    says nothing of who they are. What is marked as a program never counts.
    """
    acts = Q(pk__in=())
    for catalog in catalogs:
        acts |= Q(catalog=catalog, kind__in=kinds_of(catalog).deciding)
    has_acted = Exists(Interaction.objects.filter(acts, profile=OuterRef("pk")))
    is_named = Q(user__isnull=False) | Q(external_id__isnull=False)
    people = Profile.objects.filter(
        is_named | has_acted, ~_marked(), catalog__in=[catalog.pk for catalog in catalogs]
    )
    return dict(people.order_by().values_list("catalog").annotate(Count("pk")))


def _marked() -> Exists:
    return Exists(SuspectProfile.objects.filter(profile=OuterRef("pk"), lifted_at=None))
