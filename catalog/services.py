"""Everything that writes people and what they did: one home per mutation.

Rows by the thousand are written in `catalog.bulk`, under the same rules.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Erasure
from accounts.privacy.consents import move_consents
from accounts.privacy.erasure import erase
from catalog.bulk import may_be_done_now, record_interactions, upsert_items
from catalog.event_rows import is_same_event
from catalog.listings import Listing
from catalog.models import ApiKey, Catalog, Interaction, Item, Profile
from catalog.rows import BadField, read_event_id, read_key, read_kind, read_number, read_time, read_value
from catalog.signals import history_changed, profiles_merged
from config.errors import AppError

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "claim_profile",
    "create_api_key",
    "delete_interaction",
    "delete_item",
    "delete_profile",
    "get_or_create_profile",
    "merge_profiles",
    "record_interaction",
    "record_interactions",
    "save_profile",
    "set_listing",
    "set_personal",
    "set_tail",
    "undo_interactions",
    "upsert_items",
]


def record_interaction(
    *,
    profile: Profile,
    item: Item,
    kind: str,
    value: float | None = None,
    created_at: datetime | None = None,
    event_id: str | None = None,
) -> tuple[Interaction, bool]:
    """Write down what a person did; the same ``event_id`` is written once, and False says that it was there.

    Raises:
        AppError: ``invalid`` naming field, value and reason; ``item_unavailable`` for a positive act of now;
            ``event_id_taken`` when the id belongs to another event.
    """
    if profile.catalog_id != item.catalog_id:
        raise refusal("item", item.external_id, _("belongs to another catalogue than the profile"))
    fields = _checked(kind=kind, value=value, created_at=created_at, event_id=event_id)
    if not may_be_done_now(available=item.available, kind=kind, created_at=created_at):
        raise AppError(
            "item_unavailable",
            _("“%(item)s” is not available any more.") % {"item": item},
            409,
            {"field": "item_id", "value": item.external_id, "reason": _("is not available")},
        )
    interaction = Interaction(profile=profile, item=item, catalog_id=item.catalog_id, **fields)
    try:
        with transaction.atomic():
            interaction.save(force_insert=True)
    except IntegrityError:
        return _same_event(interaction), False
    history_changed.send(Profile, profile_ids=[profile.pk])
    return interaction, True


def _checked(*, kind: str, value: float | None, created_at: datetime | None, event_id: str | None) -> dict[str, Any]:
    now = timezone.now()
    try:
        return {
            "kind": read_kind(kind),
            "value": read_value(kind, value),
            "created_at": read_time("created_at", created_at, now=now) or now,
            "event_id": read_event_id(event_id),
        }
    except BadField as error:
        raise refusal(error.field, error.value, error.reason) from None


def _same_event(lost: Interaction) -> Interaction:
    """The event that was written first, when it is the same one."""
    first = Interaction.objects.filter(catalog_id=lost.catalog_id, event_id=lost.event_id or "").first()
    if first is None:  # not the event id was in the way: the profile or the item was deleted meanwhile
        raise AppError("gone", _("The profile or the item was deleted meanwhile."), 409)
    if not is_same_event(first, lost):
        raise AppError(
            "event_id_taken",
            _("event_id: “%(id)s” belongs to another event.") % {"id": lost.event_id},
            409,
            {"field": "event_id", "value": lost.event_id, "reason": _("belongs to another event")},
        )
    return first


def undo_interactions(*, profile: Profile, item: Item, kinds: Collection[str] | None = None) -> int:
    """Take back what a person did with an item; how many rows went."""
    rows = Interaction.objects.filter(profile=profile, item=item)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    undone = rows.delete()[0]
    if undone:
        history_changed.send(Profile, profile_ids=[profile.pk])
    return undone


def delete_interaction(*, interaction: Interaction) -> None:
    """Take one event back; its event id is free again."""
    interaction.delete()
    history_changed.send(Profile, profile_ids=[interaction.profile_id])


def delete_item(*, item: Item) -> None:
    """Remove an item with all that people did with it; ``available = False`` hides it and keeps the log."""
    item.delete()


def get_or_create_profile(*, catalog: Catalog, external_id: str) -> Profile:
    try:
        key = read_key("user_id", external_id)
    except BadField as error:
        raise refusal(error.field, error.value, error.reason) from None
    return Profile.objects.get_or_create(catalog=catalog, external_id=key)[0]


def save_profile(*, profile: Profile) -> Profile:
    """Check and write a profile, new or changed."""
    try:
        profile.full_clean()
    except ValidationError as error:
        name, reasons = next(iter(error.message_dict.items()))
        raise refusal(name, getattr(profile, name, ""), " ".join(reasons)) from None
    profile.save()
    return profile


def delete_profile(*, profile: Profile, by: str = Erasure.By.STAFF) -> None:
    """Forget a person: the profile with everything that hangs on it; that somebody was forgotten is written down."""
    erase(person=profile, place=profile.catalog.slug, by=by)


@transaction.atomic
def merge_profiles(*, source: Profile, target: Profile) -> Profile:
    """Move what ``source`` did to ``target`` and delete ``source``; what the target has set wins."""
    if source.pk == target.pk:
        return target
    if source.catalog_id != target.catalog_id:
        raise refusal("source", str(source), _("belongs to another catalogue than the target"))
    # Locked in the order of the keys, so that two merges never wait for each other.
    locked = Profile.objects.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk").in_bulk()
    if source.pk not in locked or target.pk not in locked:
        raise AppError("gone", _("One of the profiles was merged or deleted meanwhile."), 409)
    source, target = locked[source.pk], locked[target.pk]
    Interaction.objects.filter(profile=source).update(profile=target)
    move_consents(source=source, target=target)
    profiles_merged.send(Profile, source=source, target=target)
    source.delete()
    if target.tail is None:
        target.tail = source.tail
    target.listing = target.listing or source.listing
    target.external_id = target.external_id or source.external_id
    target.personal = target.personal and source.personal  # who said no once is not asked whether they meant it
    target.save(update_fields=["tail", "listing", "external_id", "personal"])
    return target


def claim_profile(*, profile: Profile, user: User) -> Profile:
    """Give an anonymous visit's profile to an account, merged into the one it has already."""
    try:
        with transaction.atomic():
            claimed = Profile.objects.filter(pk=profile.pk, user=None, external_id=None).update(user=user)
    except IntegrityError:  # the account has a profile here
        return merge_profiles(source=profile, target=Profile.objects.get(catalog_id=profile.catalog_id, user=user))
    if not claimed:
        raise AppError("profile_taken", _("This profile belongs to somebody already."), 409)
    profile.user = user
    return profile


def set_tail(*, profile: Profile, tail: float | None) -> Profile:
    """Remember a person's dial; None goes back to the catalogue's default."""
    low, high = profile.catalog.tail_min, profile.catalog.tail_max
    if tail is not None:
        try:
            number = read_number("tail", tail)
        except BadField as error:
            raise refusal(error.field, error.value, error.reason) from None
        if not low <= number <= high:
            raise refusal("tail", tail, _("must be from %(low)g to %(high)g") % {"low": low, "high": high})
        tail = number
    profile.tail = tail
    profile.save(update_fields=["tail"])
    return profile


def set_listing(*, profile: Profile, listing: str) -> Profile:
    """Remember how a person wants their home ordered."""
    if listing not in Listing.values:
        raise refusal("listing", listing, _("must be one of %(listings)s") % {"listings": ", ".join(Listing.values)})
    profile.listing = listing
    profile.save(update_fields=["listing"])
    return profile


def set_personal(*, profile: Profile, personal: bool) -> Profile:
    """Turn a person's own lists on or off; what they did stays, and is not read while they are off."""
    profile.personal = personal
    profile.save(update_fields=["personal"])
    history_changed.send(Profile, profile_ids=[profile.pk])
    return profile


def create_api_key(*, catalog: Catalog, name: str, scope: str = ApiKey.Scope.WRITE) -> tuple[ApiKey, str]:
    """A program's key, and its secret, which nobody can read again."""
    if scope not in ApiKey.Scope.values:
        raise refusal("scope", scope, _("must be one of %(scopes)s") % {"scopes": ", ".join(ApiKey.Scope.values)})
    if not name.strip() or len(name) > 50:
        raise refusal("name", name, _("must have 1 to 50 characters"))
    return ApiKey.objects.create_key(catalog=catalog, name=name.strip(), scope=scope)  # type: ignore[return-value]


def refusal(field: str, value: object, reason: str) -> AppError:
    """The one shape in which a field is refused."""
    message = _("%(field)s: “%(value)s” %(reason)s.") % {"field": field, "value": value, "reason": reason.rstrip(".")}
    return AppError("invalid", message, 400, {"field": field, "value": value, "reason": reason})
