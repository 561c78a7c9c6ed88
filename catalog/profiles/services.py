"""Creates, merges, claims, changes and deletes profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Erasure
from accounts.privacy.consents import move_consents
from accounts.privacy.erasure import erase
from catalog.models import Catalog, Interaction, Profile
from catalog.models.home_orders import Listing
from catalog.profiles.suppression import reject_suppressed
from catalog.signals import history_changed, profiles_merged
from catalog.validation.field_readers import BadField, read_key, read_number
from config.errors import AppError

if TYPE_CHECKING:
    from accounts.models import User
from config.errors import invalid_field


def get_or_create_profile(*, catalog: Catalog, external_id: str) -> Profile:
    """The profile of an id, created if it is unknown.

    Raises:
        AppError: ``invalid`` for a bad id; ``suppressed`` (409) for that of an erased person.
    """
    try:
        key = read_key("user_id", external_id)
    except BadField as error:
        raise invalid_field(error.field, error.value, error.reason) from None
    if found := Profile.objects.filter(catalog=catalog, external_id=key).first():
        return found
    reject_suppressed(catalog=catalog, external_id=key)
    return Profile.objects.get_or_create(catalog=catalog, external_id=key)[0]


def save_profile(*, profile: Profile) -> Profile:
    """Validate and save a profile, new or changed."""
    try:
        profile.full_clean()
    except ValidationError as error:
        name, reasons = next(iter(error.message_dict.items()))
        raise invalid_field(name, getattr(profile, name, ""), " ".join(reasons)) from None
    profile.save()
    return profile


def delete_profile(*, profile: Profile, by: str = Erasure.By.STAFF) -> None:
    """Erase a profile and everything that depends on it, and record the erasure."""
    erase(person=profile, place=profile.catalog.slug, by=by)


@transaction.atomic
def merge_profiles(*, source: Profile, target: Profile) -> Profile:
    """Move the events of ``source`` to ``target``, whose settings win, and delete ``source``."""
    if source.pk == target.pk:
        return target
    if source.catalog_id != target.catalog_id:
        raise invalid_field(
            "source", str(source), _("belongs to a different catalogue from the target")
        )
    # Locked in the order of the keys, so that two merges cannot deadlock.
    locked = (
        Profile.objects.select_for_update()
        .filter(pk__in=[source.pk, target.pk])
        .order_by("pk")
        .in_bulk()
    )
    if source.pk not in locked or target.pk not in locked:
        raise AppError("deleted", _("One of the profiles has just been merged or deleted."), 409)
    source, target = locked[source.pk], locked[target.pk]
    Interaction.objects.filter(profile=source).update(profile=target)
    move_consents(source=source, target=target)
    profiles_merged.send(Profile, source=source, target=target)
    source.delete()
    if target.tail is None:
        target.tail = source.tail
    target.listing = target.listing or source.listing
    target.external_id = target.external_id or source.external_id
    # Personal lists that are off in one profile stay off in the merged one.
    target.personal = target.personal and source.personal
    target.save(update_fields=["tail", "listing", "external_id", "personal"])
    return target


def claim_profile(*, profile: Profile, user: User) -> Profile:
    """Give an anonymous profile to an account, merged into the account's own if it has one."""
    try:
        with transaction.atomic():
            claimed = Profile.objects.filter(pk=profile.pk, user=None, external_id=None).update(
                user=user
            )
    except IntegrityError:  # the account has a profile here
        return merge_profiles(
            source=profile, target=Profile.objects.get(catalog_id=profile.catalog_id, user=user)
        )
    if not claimed:
        raise AppError("profile_taken", _("This profile already belongs to somebody else."), 409)
    profile.user = user
    return profile


def set_tail(*, profile: Profile, tail: float | None) -> Profile:
    """Store a person's dial; None means the catalogue's default."""
    low, high = profile.catalog.tail_min, profile.catalog.tail_max
    if tail is not None:
        try:
            number = read_number("tail", tail)
        except BadField as error:
            raise invalid_field(error.field, error.value, error.reason) from None
        if not low <= number <= high:
            raise invalid_field(
                "tail", tail, _("must be from %(low)g to %(high)g") % {"low": low, "high": high}
            )
        tail = number
    profile.tail = tail
    profile.save(update_fields=["tail"])
    return profile


def set_listing(*, profile: Profile, listing: str) -> Profile:
    """Store a person's order of the home."""
    if listing not in Listing.values:
        raise invalid_field(
            "listing",
            listing,
            _("must be one of %(listings)s") % {"listings": ", ".join(Listing.values)},
        )
    profile.listing = listing
    profile.save(update_fields=["listing"])
    return profile


def set_personal(*, profile: Profile, personal: bool) -> Profile:
    """Turn personal lists on or off. Events stay, but are not read while lists are off."""
    profile.personal = personal
    profile.save(update_fields=["personal"])
    history_changed.send(Profile, profile_ids=[profile.pk])
    return profile
