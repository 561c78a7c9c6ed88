"""Ids of erased people that may not come back, as salted hashes."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SALT_BYTES = 32


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


class SuppressedId(models.Model):
    """The id of an erased person; `catalog.profiles.suppression` makes and asks the hash.

    The hash is keyed with the catalogue's own ``suppression_salt``. The salt is stored beside the
    hashes and not derived from ``SECRET_KEY``: a changed key must not let everybody back in.
    """

    catalog = models.ForeignKey(
        "catalog.Catalog",
        models.CASCADE,
        related_name="suppressed_ids",
        verbose_name=_("catalogue"),
    )
    digest = models.CharField(_("hash"), max_length=64)
    created_at = models.DateTimeField(_("erased"), default=timezone.now, editable=False)
    returns = models.PositiveIntegerField(
        _("came back"),
        default=0,
        help_text=_("How many rows with this ID were left out since."),
    )
    last_return_at = models.DateTimeField(_("last came back"), null=True, blank=True)

    class Meta:
        verbose_name = _("erased ID")
        verbose_name_plural = _("erased IDs")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalog", "digest"], name="one_row_per_erased_id"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
