"""Erases a person's data in a place. A count without a name stays for staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import Model, QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext as _

from accounts.models import Erasure, User
from accounts.privacy import registry
from config.errors import AppError

#: Sent by the person's model after commit, to clear what is not in the database (caches).
#: Arguments: pk, place (a key).
erased = Signal()
#: Sent by the person's model in the erasure's transaction, before the rows go. Argument: person.
erasing = Signal()


def erase(*, person: Model, place: str, by: str) -> Erasure | None:
    """Delete a person's row in a place and all data that depends on it.

    ``by``: one of ``Erasure.By``.

    Returns:
        None when another process erased it at the same time.
    """
    with transaction.atomic():
        pk, counts = person.pk, Counter[str]()
        model = person._meta.model  # of a lazy request.user, too
        erasing.send(model, person=person)
        for data_kind in registry.data_kinds_of(person):
            if data_kind.fate != "stay":
                _forget_in_log(data_kind.rows(person))
            if data_kind.fate == "loose":
                counts.update(data_kind.rows(person).delete()[1])
        counts.update(person.delete()[1])
        if not counts.total():
            return None
        record = Erasure.objects.create(
            place=place, by=by, rows={name: n for name, n in counts.items() if n}
        )
        transaction.on_commit(partial(erased.send, model, pk=pk, place=place), robust=True)
    return record


def erase_account(*, user: User, by: str) -> list[Erasure]:
    """Delete an account and all its data in every place.

    Raises:
        AppError: ``account_of_staff`` (409), since the admin's log would lose its author.
    """
    if user.is_staff and by == Erasure.By.PERSON:
        raise AppError(
            "account_of_staff", _("Staff accounts can only be deleted in the admin."), 409
        )
    with transaction.atomic():
        places = sorted(registry.places_of(user), key=lambda place: place.is_account)
        records = [erase(person=place.row, place=place.key, by=by) for place in places]
    return [record for record in records if record is not None]


def forget_visit(session: SessionBase, places: Iterable[registry.Place] | None = None) -> None:
    """Clear the session's data of these places; all of it for None or data without places."""
    for part in registry.visit_parts():
        value = session.get(part.key)
        if value is None:
            continue
        if places is not None and isinstance(value, dict):
            erased_keys = {place.session_key for place in places}
            session[part.key] = {key: each for key, each in value.items() if key not in erased_keys}
        else:
            del session[part.key]


def _forget_in_log(rows: QuerySet[Any]) -> None:
    """The admin's log keeps what staff did, but no longer names the erased person."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(rows.model))
    if logged := set(entries.values_list("object_id", flat=True)):
        deleted = [str(pk) for pk in rows.values_list("pk", flat=True) if str(pk) in logged]
        entries.filter(object_id__in=deleted).update(
            object_id=None, object_repr="–", change_message=""
        )
