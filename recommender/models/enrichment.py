"""Text that an external language model adds to items."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Item


class ItemEnrichment(models.Model):
    """Words of an external language model about an item. Trainings add them to the description."""

    item = models.OneToOneField(
        Item, models.CASCADE, related_name="enrichment", verbose_name=_("item")
    )
    text = models.TextField(
        _("text"), blank=True, help_text=_("Empty: there was no usable answer.")
    )
    model = models.CharField(_("language model"), max_length=200)
    source = models.CharField(
        _("source fingerprint"), max_length=64, help_text=_("Fingerprint of the item’s own text.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("enriched item")
        verbose_name_plural = _("enriched items")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.text
