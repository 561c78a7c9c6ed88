"""Items that may not be a reason for what a person is shown.

The events with such an item stay recorded. Lists, interest texts and trainings do not read them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from catalog.models import ExcludedReason, Item, Profile
from catalog.signals import history_changed, profiles_merged
from config.errors import invalid_field

#: The API answers with all of them at once.
MOST = 1_000


def exclude_reason(*, profile: Profile, item: Item) -> bool:
    """Make no list because of this item from now on; it is not recommended again either.

    Returns:
        False when the item was excluded already.

    Raises:
        AppError: ``invalid`` for another catalogue's item, or beyond ``MOST`` items.
    """
    if profile.catalog_id != item.catalog_id:
        raise invalid_field(
            "item", item.external_id, _("belongs to a different catalogue from the profile")
        )
    if is_excluded_reason(profile, item):
        return False
    if profile.excluded_reasons.count() >= MOST:
        raise invalid_field(
            "item",
            item.external_id,
            _("exceeds the limit of %(most)s excluded items") % {"most": MOST},
        )
    _row, is_new = ExcludedReason.objects.get_or_create(profile=profile, item=item)
    history_changed.send(Profile, profile_ids=[profile.pk])
    return is_new


def restore_reason(*, profile: Profile, item: Item | None = None) -> bool:
    """Let one item, or all, be a reason again; False when none was excluded."""
    rows = ExcludedReason.objects.filter(profile=profile)
    found = (rows if item is None else rows.filter(item=item)).delete()[0]
    if found:
        history_changed.send(Profile, profile_ids=[profile.pk])
    return bool(found)


def excluded_reasons_of(profile: Profile) -> QuerySet[ExcludedReason]:
    """The latest first."""
    return ExcludedReason.objects.filter(profile=profile).select_related("item")


def is_excluded_reason(profile: Profile | None, item: Item) -> bool:
    return (
        profile is not None and ExcludedReason.objects.filter(profile=profile, item=item).exists()
    )


@receiver(profiles_merged)
def merge_excluded_reasons(*, source: Profile, target: Profile, **signal: Any) -> None:
    """The merged profile excludes what either profile excluded."""
    ours = list(ExcludedReason.objects.filter(profile=target).values_list("item_id", flat=True))
    ExcludedReason.objects.filter(profile=source).exclude(item_id__in=ours).update(profile=target)
