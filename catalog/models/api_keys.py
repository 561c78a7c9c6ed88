"""Keys of programs."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey

from catalog.models.catalogs import Catalog


class ApiKey(AbstractAPIKey):
    """A program's key to one catalogue; only its hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="api_keys", verbose_name=_("catalogue")
    )
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.WRITE)

    class Meta(AbstractAPIKey.Meta):
        abstract = False
        verbose_name = _("API key")  # type: ignore[assignment]
        verbose_name_plural = _("API keys")  # type: ignore[assignment]

    def allows(self, catalog: Any, *, writing: bool) -> bool:
        return self.catalog_id == catalog.pk and (self.scope == self.Scope.WRITE or not writing)
