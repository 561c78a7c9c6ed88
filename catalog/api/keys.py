"""Creates API keys."""

from __future__ import annotations

from django.utils.translation import gettext as _

from catalog.models import ApiKey, Catalog
from config.errors import invalid_field


def create_api_key(
    *, catalog: Catalog, name: str, scope: str = ApiKey.Scope.WRITE
) -> tuple[ApiKey, str]:
    """A new key for a program, and its secret, which cannot be read again."""
    if scope not in ApiKey.Scope.values:
        raise invalid_field(
            "scope",
            scope,
            _("must be one of %(scopes)s") % {"scopes": ", ".join(ApiKey.Scope.values)},
        )
    if not name.strip() or len(name) > 50:
        raise invalid_field("name", name, _("must have 1 to 50 characters"))
    return ApiKey.objects.create_key(catalog=catalog, name=name.strip(), scope=scope)  # type: ignore[return-value]
