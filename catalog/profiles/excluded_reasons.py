"""Items that shall be no reason for what a person is shown: what they did with them stays, lists look past it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from catalog.models import Item, Profile, SetAside
from catalog.signals import history_changed, profiles_merged
from config.errors import invalid_field

#: What one answer can still name; nobody has so many reasons.
MOST = 1_000


def set_aside(*, profile: Profile, item: Item) -> bool:
    """Make no list because of this item from now on; it is not recommended again either. False: it was aside already.

    Raises:
        AppError: ``invalid`` for another catalogue's item, or for one more than anybody can look through.
    """
    if profile.catalog_id != item.catalog_id:
        raise invalid_field(
            "item", item.external_id, _("belongs to another catalogue than the profile")
        )
    if is_set_aside(profile, item):
        return False
    if profile.set_aside.count() >= MOST:
        raise invalid_field(
            "item",
            item.external_id,
            _("is one more than the %(most)s that can be set aside") % {"most": MOST},
        )
    _row, is_new = SetAside.objects.get_or_create(profile=profile, item=item)
    history_changed.send(Profile, profile_ids=[profile.pk])
    return is_new


def take_up_again(*, profile: Profile, item: Item | None = None) -> bool:
    """Let the item be a reason again, or everything; False when nothing was aside."""
    rows = SetAside.objects.filter(profile=profile)
    found = (rows if item is None else rows.filter(item=item)).delete()[0]
    if found:
        history_changed.send(Profile, profile_ids=[profile.pk])
    return bool(found)


def set_aside_of(profile: Profile) -> QuerySet[SetAside]:
    """The latest first."""
    return SetAside.objects.filter(profile=profile).select_related("item")


def is_set_aside(profile: Profile | None, item: Item) -> bool:
    return profile is not None and SetAside.objects.filter(profile=profile, item=item).exists()


@receiver(profiles_merged)
def merge_set_aside(*, source: Profile, target: Profile, **signal: Any) -> None:
    """Two people who are one set aside what either did."""
    ours = list(SetAside.objects.filter(profile=target).values_list("item_id", flat=True))
    SetAside.objects.filter(profile=source).exclude(item_id__in=ours).update(profile=target)
