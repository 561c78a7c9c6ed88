"""Which account has which role in which catalogue."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.catalogs import Catalog


class CatalogMember(models.Model):
    """A role in one catalogue. `accounts.policy.roles` has what each role may do."""

    class Role(models.TextChoices):
        MANAGER = "manager", _("catalogue manager")
        ANALYST = "analyst", _("analyst")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="catalog_roles",
        verbose_name=_("account"),
    )
    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="members", verbose_name=_("catalogue")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ANALYST)

    class Meta:
        verbose_name = _("role in a catalogue")
        verbose_name_plural = _("roles in catalogues")
        ordering: ClassVar = ["catalog", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "catalog"],
                name="one_role_per_catalog",
                violation_error_message=_("This account already has a role in this catalogue."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.catalog}: {self.get_role_display()}"

    def clean(self) -> None:
        """A role means nothing for an account that cannot sign in to the admin."""
        user = getattr(self, "user", None)
        if user is not None and not user.is_staff:
            raise ValidationError(
                {"user": _("“%(user)s” is not staff. Give it staff status first.") % {"user": user}}
            )
