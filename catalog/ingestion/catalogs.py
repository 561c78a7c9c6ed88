"""Creates catalogues."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Catalog
from config.errors import AppError


def create_catalog(*, slug: str, name: str, **fields: Any) -> Catalog:
    """Creates an empty catalogue. ``fields`` are other fields of ``Catalog``.

    Raises:
        AppError: ``invalid``, with the field, the value and the reason.
    """
    catalog = Catalog(slug=slug, name=name, **fields)
    try:
        catalog.full_clean()
    except ValidationError as error:
        raise _invalid(catalog, error) from error
    catalog.save(force_insert=True)
    return catalog


def _invalid(catalog: Catalog, error: ValidationError) -> AppError:
    """The first invalid field as an ``AppError``."""
    field, reasons = next(iter(error.message_dict.items()))
    found = {"field": field, "value": str(getattr(catalog, field, "")), "reason": reasons[0]}
    message = _("%(field)s: “%(value)s” is not valid. %(reason)s") % found
    return AppError("invalid", message, 400, found)
