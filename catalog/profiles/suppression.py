"""The suppression list: ids of erased people do not come back until staff lift them.

Only a hash of an id is stored, so the list does not say whose data were erased. An id is looked up
by hashing it again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.privacy.erasure import erasing
from catalog.models import Catalog, Profile, SuppressedId
from config.errors import AppError

#: Hashes in one IN (…), below SQLite's limit of parameters.
LOOKUP = 5_000


class SuppressedError(AppError):
    """``suppressed`` (409): the id of an erased person came back."""

    def __init__(self, catalog: Catalog, external_id: str) -> None:
        details = {"field": "user_id", "value": external_id, "reason": reason()}
        message = _("user_id: “%(value)s” %(reason)s.") % details
        super().__init__("suppressed", message, 409, details)
        self.catalog, self.external_id = catalog, external_id


def reason() -> str:
    return _("belongs to a person whose data were erased; only staff can lift this in the admin")


def digest_of(catalog: Catalog, external_id: str) -> str:
    """HMAC-SHA256 of the id, in hexadecimal, keyed with the catalogue's salt."""
    salt, text = bytes(catalog.suppression_salt), external_id.encode("utf-8", "surrogatepass")
    return hmac.new(salt, text, hashlib.sha256).hexdigest()


@transaction.atomic
def suppress(*, catalog: Catalog, external_id: str) -> SuppressedId:
    """Put an id on the list. An id that is there already stays as it is.

    The catalogue is locked, so that a bulk write does not create the person meanwhile.
    """
    Catalog.objects.select_for_update(no_key=True).get(pk=catalog.pk)
    digest = digest_of(catalog, external_id)
    return SuppressedId.objects.get_or_create(catalog=catalog, digest=digest)[0]


def lift(*, catalog: Catalog, external_id: str) -> bool:
    """Take an id off the list; False if it was not there."""
    return bool(find(catalog=catalog, external_id=external_id).delete()[0])


def find(*, catalog: Catalog, external_id: str) -> Any:
    """The row of an id, as a queryset of one row or none."""
    return SuppressedId.objects.filter(catalog=catalog, digest=digest_of(catalog, external_id))


def suppressed_among(catalog: Catalog, external_ids: Collection[str]) -> set[str]:
    """Which of these ids are on the list: one query, and one more if the list is not empty."""
    if not external_ids or not SuppressedId.objects.filter(catalog=catalog).exists():
        return set()
    by_digest = {digest_of(catalog, external_id): external_id for external_id in external_ids}
    digests, found = list(by_digest), set[str]()
    for start in range(0, len(digests), LOOKUP):
        rows = SuppressedId.objects.filter(
            catalog=catalog, digest__in=digests[start : start + LOOKUP]
        )
        found.update(by_digest[digest] for digest in rows.values_list("digest", flat=True))
    return found


def reject_suppressed(*, catalog: Catalog, external_id: str) -> None:
    """For an id that has no profile.

    Raises:
        SuppressedError: if it is on the list. Whoever answers it calls `count_returns` after the
            transaction, which this error rolls back.
    """
    if find(catalog=catalog, external_id=external_id).exists():
        raise SuppressedError(catalog, external_id)


def count_returns(catalog: Catalog, external_ids: Iterable[str]) -> None:
    """Count rows that were left out; one statement for each different number of rows."""
    ids_by_count: dict[int, list[str]] = {}
    for external_id, number in Counter(external_ids).items():
        ids_by_count.setdefault(number, []).append(digest_of(catalog, external_id))
    for number, digests in ids_by_count.items():
        for start in range(0, len(digests), LOOKUP):
            SuppressedId.objects.filter(
                catalog=catalog, digest__in=digests[start : start + LOOKUP]
            ).update(returns=F("returns") + number, last_return_at=timezone.now())


@receiver(erasing, sender=Profile)
def suppress_the_erased(*, person: Profile, **_signal: Any) -> None:
    if person.external_id:
        suppress(catalog=person.catalog, external_id=person.external_id)
