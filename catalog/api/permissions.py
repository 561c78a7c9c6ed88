"""Who may use a catalogue's API: its own keys, and staff by the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from catalog.models import ApiKey, Catalog
from catalog.policy.policy import allows

if TYPE_CHECKING:  # REST framework imports this file while it imports its own views
    from rest_framework.views import APIView


class MayUseApi(BasePermission):
    """Any key, and staff with a right for any catalogue: for endpoints of no single catalogue."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, ApiKey) or _staff_may(request, view, None)


class MayUseCatalog(BasePermission):
    """Needs the view's ``catalog`` (see `catalog.api.views.CatalogAPIView`); denies without one.

    A key answers by its scope, staff by the policy: the same as in the admin.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        catalog = getattr(view, "catalog", None)
        if not isinstance(request.auth, ApiKey):
            return catalog is not None and _staff_may(request, view, catalog)
        if catalog is None or request.auth.catalog_id != catalog.pk:
            self.message = _("This key belongs to another catalogue.")
            return False
        self.message = _("This key is read-only.")
        return request.auth.allows(catalog, writing=request.method not in SAFE_METHODS)


def needed(view: Any, method: str) -> str | None:
    """The permission that a view's method needs; None if nobody wrote a rule, which denies."""
    return view.needs.get("GET" if method == "HEAD" else method)


def _staff_may(request: Request, view: APIView, catalog: Catalog | None) -> bool:
    method = str(request.method)
    if method.lower() not in view.http_method_names or not hasattr(view, method.lower()):
        return True  # answered with 405
    permission = needed(view, method)
    return permission is not None and allows(request.user, permission, catalog)
