"""What people did with items."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.catalogs import CURRENCY, Catalog
from catalog.models.event_kinds import Kind, kinds_of


class Interaction(models.Model):
    """One event of a profile with an item."""

    profile = models.ForeignKey(
        "catalog.Profile",
        models.CASCADE,
        related_name="interactions",
        verbose_name=_("profile"),
        db_index=False,  # as for the other keys: an index below begins with it
    )
    item = models.ForeignKey(
        "catalog.Item",
        models.CASCADE,
        related_name="interactions",
        verbose_name=_("item"),
        db_index=False,
    )
    # One of the names of the catalogue's EventKind; checked where rows are read.
    kind = models.CharField(_("kind"), max_length=40)
    value = models.FloatField(
        _("value"),
        null=True,
        blank=True,
        help_text=_("Stars, quantity or minutes, depending on the kind."),
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    event_id = models.CharField(_("event ID"), max_length=100, null=True, blank=True)  # noqa: DJ001 (NULL: none given)
    quantity = models.FloatField(
        _("quantity"), null=True, blank=True, help_text=_("Pieces of one order line; above 0.")
    )
    price = models.DecimalField(
        _("price"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("For one piece, at that time."),
    )
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, default="", db_default="", validators=[CURRENCY]
    )
    session = models.CharField(
        _("session"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("The sender’s ID of a visit."),
    )
    # The item's catalogue, stored here for unique event ids and for reading the log in order. The
    # item's key holds it: a constraint of its own would cost every event one more look-up.
    catalog = models.ForeignKey(
        Catalog,
        models.CASCADE,
        related_name="interactions",
        verbose_name=_("catalogue"),
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog", "event_id"], name="one_interaction_per_event_id"
            ),
            models.CheckConstraint(
                condition=Q(event_id__isnull=True) | ~Q(event_id=""), name="event_id_not_empty"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.RATE) | Q(value__isnull=False), name="rating_has_value"
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0),
                name="interaction_quantity_positive",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0),
                name="interaction_price_not_negative",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-created_at"], name="interaction_history"),
            # Whether somebody turned an item down later is asked for every choice of it.
            models.Index(fields=["profile", "item", "created_at"], name="interaction_pair"),
            models.Index(fields=["catalog", "created_at"], name="interaction_log"),
            # This index alone answers how many people an item has.
            models.Index(fields=["item", "kind", "profile"], name="interaction_people"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.kind} {self.item_id}"

    @property
    def kind_label(self) -> str:
        """The kind in the reader's language; reads the catalogue."""
        return kinds_of(self.catalog).label(self.kind)
