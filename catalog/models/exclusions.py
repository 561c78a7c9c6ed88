"""What people exclude: hidden categories and providers, and items that may be no reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Hidden(models.Model):
    """A category or a provider that a person wants in no list."""

    class What(models.TextChoices):
        CATEGORY = "category", _("category")
        PROVIDER = "provider", _("provider")

    profile = models.ForeignKey(
        "catalog.Profile", models.CASCADE, related_name="hidden", verbose_name=_("profile")
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    value = models.CharField(_("name"), max_length=500)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("hidden category or provider")
        verbose_name_plural = _("hidden categories and providers")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "what", "value"], name="hidden_once"),
            models.CheckConstraint(
                condition=Q(what__in=["category", "provider"]), name="hidden_what_known"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="hidden_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.value}"


class ExcludedReason(models.Model):
    """An item that may not be a reason for what a person is shown; the events with it stay."""

    profile = models.ForeignKey(
        "catalog.Profile",
        models.CASCADE,
        related_name="excluded_reasons",
        verbose_name=_("profile"),
    )
    item = models.ForeignKey(
        "catalog.Item", models.CASCADE, related_name="excluded_by", verbose_name=_("item")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("excluded reason")
        verbose_name_plural = _("excluded reasons")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "item"], name="excluded_reason_once")
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} without {self.item_id}"
