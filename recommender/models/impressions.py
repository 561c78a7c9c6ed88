"""The items that people were shown."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Item, Profile


class Impression(models.Model):
    """An item that was shown at a position of a list, with its version and sources."""

    profile = models.ForeignKey(
        Profile, models.CASCADE, related_name="impressions", verbose_name=_("profile")
    )
    item = models.ForeignKey(
        Item, models.CASCADE, related_name="impressions", verbose_name=_("item")
    )
    version = models.ForeignKey(
        "recommender.ModelVersion",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("model version"),
    )
    surface = models.CharField(_("where"), max_length=30)
    position = models.PositiveSmallIntegerField(_("position"))
    sources = models.JSONField(_("sources"), default=list)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("impression")
        verbose_name_plural = _("impressions")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-created_at"], name="impression_by_profile"),
            models.Index(fields=["item", "-created_at"], name="impression_by_item"),
        ]

    def __str__(self) -> str:
        return f"{self.surface} {self.position}: {self.item_id}"
