"""What happened to items since the model read them: new and edited ones, and removed ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Catalog, Item

MOST_CHANGES = 20_000
"""The newest changes of a catalogue that serving processes know. With more a training is due."""


class ItemEncoding(models.Model):
    """An item that is new or whose text changed, as the serving processes read it.

    A row waits until a worker has encoded it. The next training reads the item itself; then the row
    is no longer used.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a worker")
        READY = "ready", _("known to the lists")
        FAILED = "failed", _("the text encoder failed")

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="item_encodings", verbose_name=_("catalogue")
    )
    item = models.OneToOneField(
        Item, models.CASCADE, related_name="encoding", verbose_name=_("item")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField(_("reason"), blank=True, help_text=_("Why the encoder failed."))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    encoded_at = models.DateTimeField(_("encoded"), null=True, blank=True)
    fingerprint = models.CharField(
        _("text encoder"), max_length=200, blank=True, help_text=_("The encoder’s fingerprint.")
    )
    text_hash = models.CharField(_("hash of the text"), max_length=64, blank=True)
    vector = models.BinaryField(_("numbers"), help_text=_("32-bit floats, little-endian."))
    words = models.JSONField(
        _("words"), default=dict, help_text=_("How much each word of the item counts.")
    )

    class Meta:
        verbose_name = _("new or edited item")
        verbose_name_plural = _("new and edited items")
        ordering: ClassVar = ["-changed_at", "-item_id"]
        indexes: ClassVar = [
            models.Index(fields=["catalog", "encoded_at"], name="encoding_by_time"),
            models.Index(fields=["catalog", "changed_at"], name="encoding_by_change"),
            models.Index(fields=["state", "next_try_at"], name="encoding_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"


class RemovedItem(models.Model):
    """The key of a deleted item that a model may still hold: lists leave it out."""

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="removed_items", verbose_name=_("catalogue")
    )
    item_pk = models.BigIntegerField(_("item"))
    removed_at = models.DateTimeField(_("deleted"), default=timezone.now)

    class Meta:
        verbose_name = _("deleted item")
        verbose_name_plural = _("deleted items")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["catalog", "removed_at"], name="removed_by_time"),
        ]

    def __str__(self) -> str:
        return str(self.item_pk)
