"""People, one profile for each catalogue."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.catalogs import FRACTION, Catalog
from catalog.models.home_orders import Listing
from catalog.models.languages import validate_languages


class Profile(models.Model):
    """One person in one catalogue.

    It belongs to an account, to an anonymous visit, or to an id of the owner's program.
    """

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="profiles", verbose_name=_("catalogue")
    )
    external_id = models.CharField(_("external ID"), max_length=255, null=True, blank=True)  # noqa: DJ001 (NULL: none given)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="profiles",
        verbose_name=_("account"),
    )
    tail = models.FloatField(
        _("tail dial"),
        null=True,
        blank=True,
        validators=FRACTION,
        help_text=_("Empty: the catalogue’s default."),
    )
    listing = models.CharField(
        _("list order"),
        max_length=10,
        choices=Listing,
        blank=True,
        help_text=_("Empty: personal."),
    )
    personal = models.BooleanField(
        _("personal lists"),
        default=True,
        help_text=_(
            "If off, lists only use what the person hid, training runs use none of their "
            "data, and views are not recorded."
        ),
    )
    languages = models.JSONField(
        _("languages"),
        default=list,
        blank=True,
        validators=[validate_languages],
        help_text=_("Codes of the languages that the person reads. Empty: not said."),
    )
    consents = GenericRelation("accounts.Consent", "holder_id", "holder_type")
    # Saves most people's lists a query; `catalog.profiles.hidden` sets it.
    hides = models.BooleanField(
        _("has hidden categories or providers"), default=False, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog", "external_id"], name="one_profile_per_external_id"
            ),
            models.UniqueConstraint(fields=["catalog", "user"], name="one_profile_per_account"),
            models.CheckConstraint(
                condition=Q(external_id__isnull=True) | ~Q(external_id=""),
                name="profile_external_id_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(tail__isnull=True) | Q(tail__gte=0, tail__lte=1),
                name="profile_tail_in_range",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["catalog"], condition=Q(personal=False), name="profile_without_profiling"
            ),
        ]

    def __str__(self) -> str:
        if self.external_id:
            return self.external_id
        return str(self.user) if self.user_id else f"#{self.pk}"
