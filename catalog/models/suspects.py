"""Profiles that act like programs, left out of counts and trainings until staff lift the mark."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SuspectProfile(models.Model):
    """The mark of a profile. A lifted mark stays, so that nobody is marked twice."""

    class Reason(models.TextChoices):
        AGENT = "agent", _("a program’s browser")
        RATE = "rate", _("too many acts in an hour")
        BURST = "burst", _("new people pushing one item")

    profile = models.OneToOneField(
        "catalog.Profile", models.CASCADE, related_name="suspect", verbose_name=_("profile")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    evidence = models.JSONField(_("evidence"), default=dict)
    found_at = models.DateTimeField(_("found"), default=timezone.now, editable=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    class Meta:
        verbose_name = _("suspicious profile")
        verbose_name_plural = _("suspicious profiles")
        ordering: ClassVar = ["-found_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["profile"], condition=Q(lifted_at__isnull=True), name="suspect_marked"
            )
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.reason}"


def of_people() -> Q:
    """The condition on an interaction that no marked profile did it."""
    marked: Any = SuspectProfile.objects.filter(lifted_at=None).order_by().values("profile_id")
    return ~Q(profile_id__in=marked)
