"""Items that shall be no reason for what a person is shown: what they did with them stays, lists look past it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from catalog.models import Item, Profile, SetAside
from catalog.services import refusal
from catalog.signals import history_changed, profiles_merged


def set_aside(*, profile: Profile, item: Item) -> None:
    """Make no list because of this item from now on; it is not recommended again either."""
    if profile.catalog_id != item.catalog_id:
        raise refusal("item", item.external_id, _("belongs to another catalogue than the profile"))
    SetAside.objects.get_or_create(profile=profile, item=item)
    history_changed.send(Profile, profile_ids=[profile.pk])


def take_up_again(*, profile: Profile, item: Item) -> None:
    """Let the item be a reason again."""
    if SetAside.objects.filter(profile=profile, item=item).delete()[0]:
        history_changed.send(Profile, profile_ids=[profile.pk])


def is_set_aside(profile: Profile | None, item: Item) -> bool:
    return profile is not None and SetAside.objects.filter(profile=profile, item=item).exists()


@receiver(profiles_merged)
def merge_set_aside(*, source: Profile, target: Profile, **signal: Any) -> None:
    """Two people who are one set aside what either did."""
    ours = list(SetAside.objects.filter(profile=target).values_list("item_id", flat=True))
    SetAside.objects.filter(profile=source).exclude(item_id__in=ours).update(profile=target)
