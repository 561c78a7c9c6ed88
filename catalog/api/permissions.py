"""Who may use a catalogue's API: its own keys and staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from catalog.models import ApiKey

if TYPE_CHECKING:  # REST framework imports this file while it imports its own views
    from rest_framework.views import APIView


class MayUseApi(BasePermission):
    """Any key, and staff: for endpoints of no single catalogue."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, ApiKey) or bool(
            request.user and request.user.is_active and request.user.is_staff
        )


class MayUseCatalog(MayUseApi):
    """Needs the view's ``catalog`` (see `catalog.api.views.CatalogAPIView`); denies without one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            return super().has_permission(request, view)
        catalog = getattr(view, "catalog", None)
        if catalog is None or request.auth.catalog_id != catalog.pk:
            self.message = _("This key belongs to another catalogue.")
            return False
        self.message = _("This key is read-only.")
        return request.auth.allows(catalog, writing=request.method not in SAFE_METHODS)
