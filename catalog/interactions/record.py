"""Records and deletes single interactions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.interactions.corrections import corrected
from catalog.interactions.fast_insert import is_same_event
from catalog.models import Interaction, Item, Profile
from catalog.signals import history_changed
from catalog.validation.event_values import EventReader
from catalog.validation.field_readers import BadField, read_time
from catalog.validation.item_state import may_be_done_now
from catalog.validation.row_parsing import read_event_id
from catalog.validation.shop_fields import read_order_line
from config.errors import AppError, invalid_field
from config.metrics import count_events, count_not_recorded


def record_interaction(
    *,
    profile: Profile,
    item: Item,
    kind: str,
    value: float | None = None,
    created_at: datetime | None = None,
    event_id: str | None = None,
    **order_line: Any,
) -> tuple[Interaction, bool]:
    """Record an interaction. An ``event_id`` is stored once; False if it was there already.

    Sent again with another value or time, the event is corrected.

    ``order_line``: quantity, price, currency, session, each optional.

    Raises:
        AppError: ``invalid`` with field, value and reason; ``item_unavailable`` for a new positive
            event; ``event_id_taken`` if the id belongs to another event.
    """
    if profile.catalog_id != item.catalog_id:
        raise invalid_field(
            "item", item.external_id, _("belongs to a different catalogue from the profile")
        )
    rules = EventReader.of(item.catalog)
    fields = _checked(
        rules, kind=kind, value=value, created_at=created_at, event_id=event_id, **order_line
    )
    if not may_be_done_now(
        available=item.available, kind=kind, created_at=created_at, kinds=rules.kinds
    ):
        raise AppError(
            "item_unavailable",
            _("“%(item)s” is no longer available.") % {"item": item},
            409,
            {"field": "item_id", "value": item.external_id, "reason": _("is not available")},
        )
    interaction = Interaction(profile=profile, item=item, catalog_id=item.catalog_id, **fields)
    try:
        with transaction.atomic():
            interaction.save(force_insert=True)
    except IntegrityError:
        first = _same_event(interaction, has_time=created_at is not None)
        count_not_recorded(item.catalog.slug, "repeated")
        return first, False
    history_changed.send(Profile, profile_ids=[profile.pk])
    count_events(item.catalog.slug, [interaction.kind])
    return interaction, True


def _checked(
    rules: EventReader,
    *,
    kind: str,
    value: float | None,
    created_at: datetime | None,
    event_id: str | None,
    **order_line: Any,
) -> dict[str, Any]:
    now = timezone.now()
    try:
        return {
            "kind": rules.read_kind(kind),
            "value": rules.read_value(kind, value),
            "created_at": read_time("created_at", created_at, now=now) or now,
            "event_id": read_event_id(event_id),
            **read_order_line(order_line),
        }
    except BadField as error:
        raise invalid_field(error.field, error.value, error.reason) from None


def _same_event(lost: Interaction, *, has_time: bool) -> Interaction:
    """The event that was written first, if it is the same one; corrected by what differs."""
    first = Interaction.objects.filter(
        catalog_id=lost.catalog_id, event_id=lost.event_id or ""
    ).first()
    if first is None:  # it was not the event id: the profile or the item was deleted meanwhile
        raise AppError("deleted", _("The profile or the item has just been deleted."), 409)
    if not is_same_event(first, lost):
        raise AppError(
            "event_id_taken",
            _("event_id: “%(id)s” is already used by another event.") % {"id": lost.event_id},
            409,
            {
                "field": "event_id",
                "value": lost.event_id,
                "reason": _("is already used by another event"),
            },
        )
    if changes := corrected(first, lost, has_time=has_time):
        Interaction.objects.filter(pk=first.pk).update(**changes)
        first.refresh_from_db()
        history_changed.send(Profile, profile_ids=[first.profile_id])
    return first


def undo_interactions(*, profile: Profile, item: Item, kinds: Collection[str] | None = None) -> int:
    """Delete a person's events with an item.

    Returns:
        The number of rows.
    """
    rows = Interaction.objects.filter(profile=profile, item=item)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    undone = rows.delete()[0]
    if undone:
        history_changed.send(Profile, profile_ids=[profile.pk])
    return undone


def delete_interaction(*, interaction: Interaction) -> None:
    """Delete one event; its event id is free again."""
    interaction.delete()
    history_changed.send(Profile, profile_ids=[interaction.profile_id])
