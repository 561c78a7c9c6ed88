"""Gives, withdraws and checks consents.

An app registers its purposes when it is ready. The holder of a consent is an account, or the
model that the app uses for a person (a profile). That model needs a ``GenericRelation`` to
`Consent`, so that consents are deleted with the person.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils.functional import Promise
from django.utils.timezone import now

from accounts.models import Consent

#: Sent in the transaction in which a consent ends. Arguments: holder, purpose.
consent_withdrawn = Signal()


@dataclass(frozen=True)
class Purpose:
    """A purpose that people agree to.

    ``text`` is shown to the person. If its meaning changes, change ``version``: people are asked
    again.
    """

    key: str
    label: str | Promise
    text: str | Promise
    version: str


registered: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    registered[purpose.key] = purpose


def purposes() -> tuple[Purpose, ...]:
    return tuple(registered.values())


def consents_of(holder: models.Model) -> QuerySet[Consent]:
    """All consents of a holder, withdrawn ones too, newest first."""
    return Consent.objects.filter(**_held_by(holder))


def has_consent(holder: models.Model | None, purpose: str) -> bool:
    """Whether the holder has an active consent to the current wording."""
    if holder is None:
        return False
    rows = consents_of(holder).filter(
        purpose=purpose, withdrawn_at=None, version=registered[purpose].version
    )
    return rows.exists()


def give_consent(*, holder: models.Model, purpose: str) -> Consent:
    """Store a consent; an active consent to the same wording stays as it is."""
    version = registered[purpose].version
    active = consents_of(holder).filter(purpose=purpose, withdrawn_at=None)
    with transaction.atomic():
        active.exclude(version=version).update(withdrawn_at=now())
    try:
        with transaction.atomic():
            return Consent.objects.create(**_held_by(holder), purpose=purpose, version=version)
    except IntegrityError:
        return active.get()


@transaction.atomic
def withdraw_consent(*, holder: models.Model, purpose: str) -> bool:
    """End a consent and what it allowed; False when there was none."""
    ended = (
        consents_of(holder).filter(purpose=purpose, withdrawn_at=None).update(withdrawn_at=now())
    )
    consent_withdrawn.send(type(holder), holder=holder, purpose=purpose)
    return bool(ended)


def move_consents(*, source: models.Model, target: models.Model) -> None:
    """Move consents to another holder; a consent that both gave is stored once."""
    theirs = list(consents_of(source).filter(withdrawn_at=None).values_list("purpose", flat=True))
    if theirs:
        doubled = (
            consents_of(target)
            .filter(withdrawn_at=None, purpose__in=theirs)
            .values_list("purpose", flat=True)
        )
        consents_of(source).filter(withdrawn_at=None, purpose__in=list(doubled)).update(
            withdrawn_at=now()
        )
    consents_of(source).update(**_held_by(target))


def _held_by(holder: models.Model) -> dict[str, object]:
    return {"holder_type": ContentType.objects.get_for_model(holder), "holder_id": holder.pk}
