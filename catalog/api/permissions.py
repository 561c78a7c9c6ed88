"""Who may use a catalogue's API: its own keys, and staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from catalog.models import ApiKey

if TYPE_CHECKING:  # REST framework reads this file while it imports its own views
    from rest_framework.views import APIView


class MayUseCatalog(BasePermission):
    """Needs the view's ``catalog`` (see `catalog.api.views.CatalogAPIView`); closed where there is none."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if isinstance(request.auth, ApiKey):
            catalog = getattr(view, "catalog", None)
            return catalog is not None and request.auth.allows(catalog, writing=request.method not in SAFE_METHODS)
        return bool(request.user and request.user.is_active and request.user.is_staff)
