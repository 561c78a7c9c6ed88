"""Files that staff import in the admin, and what was chosen for them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.catalogs import Catalog


class Holds(models.TextChoices):
    """What a file holds."""

    ITEMS = "items", _("Items")
    INTERACTIONS = "interactions", _("Interactions")


class FileImport(models.Model):
    """One uploaded file: what is in it, how it is read, and what came of it.

    Only the account that uploaded it sees it. Its bytes are in the database, so that any web host
    and any worker can read them, and are deleted with the end of the import.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        IMPORTING = "importing", _("being imported")
        SUCCEEDED = "succeeded", _("imported")
        FAILED = "failed", _("failed")

    WORKING = (State.CHECKING, State.IMPORTING)

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="file_imports", verbose_name=_("catalogue")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="file_imports",
        verbose_name=_("account"),
    )
    holds = models.CharField(_("content"), max_length=15, choices=Holds)
    file_name = models.CharField(_("file"), max_length=255)
    size = models.PositiveBigIntegerField(_("bytes"))
    preset = models.CharField(_("preset"), max_length=40, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    skip_bad = models.BooleanField(_("pass over bad rows"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("same"), default=0)
    bad = models.PositiveIntegerField(_("bad"), default=0)
    suppressed = models.PositiveIntegerField(_("of erased people"), default=0)
    fraction = models.FloatField(_("done"), default=0.0)
    errors = models.JSONField(_("bad rows"), default=list, blank=True)
    notices = models.JSONField(_("notices"), default=list, blank=True)
    message = models.TextField(_("message"), blank=True)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class FileChunk(models.Model):
    """A piece of an uploaded file, or of the list of its bad rows."""

    class Content(models.TextChoices):
        FILE = "file", _("file")
        ERRORS = "errors", _("bad rows")

    file_import = models.ForeignKey(FileImport, models.CASCADE, related_name="chunks")
    part = models.CharField(max_length=10, choices=Content)
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("piece of a file")
        verbose_name_plural = _("pieces of files")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file_import", "part", "position"], name="one_chunk_per_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_import_id} {self.part} {self.position}"


class RememberedMapping(models.Model):
    """How the last file of a kind was read, so that the next one needs no choice."""

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="remembered_mappings", verbose_name=_("catalogue")
    )
    holds = models.CharField(_("content"), max_length=15, choices=Holds)
    preset = models.CharField(_("preset"), max_length=40, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)

    class Meta:
        verbose_name = _("remembered mapping")
        verbose_name_plural = _("remembered mappings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalog", "holds"], name="one_mapping_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.catalog_id} {self.holds}"
