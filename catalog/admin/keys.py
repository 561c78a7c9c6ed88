"""API keys of programs: shown once, then they can only be revoked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework_api_key.models import APIKey as UnusedApiKey
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from catalog.admin.confirmation import Confirmation, Done, confirm
from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.models import ApiKey

admin.site.unregister(UnusedApiKey)


@admin.register(ApiKey)
class ApiKeyAdmin(OfCatalog, ModelAdmin):
    list_display = ("name", "prefix", "catalog", "scope", "state", "created", "expiry_date")
    list_filter = (("catalog", CatalogFilter), "scope", "revoked")
    list_filter_submit = True
    list_select_related = ("catalog",)
    search_fields = ("name", "prefix")
    autocomplete_fields = ("catalog",)
    fields = ("name", "catalog", "scope", "expiry_date")
    actions_detail = ("revoke",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: ApiKey | None = None
    ) -> tuple[str, ...]:
        return ("prefix", "state", "catalog", "scope", "created") if obj else ()

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return (
            ("name", "prefix", "state", "catalog", "scope", "created", "expiry_date")
            if obj
            else self.fields
        )

    def has_revoke_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.allowed(request, "change", object_id)

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        if isinstance(obj, ApiKey) and obj.revoked:
            return False
        return super().has_change_permission(request, obj)

    @display(
        description=gettext_lazy("state"),
        label={"valid": "success", "expired": "warning", "revoked": "danger"},
    )
    def state(self, key: ApiKey) -> tuple[str, str]:
        if key.revoked:
            return "revoked", _("revoked")
        if key.expiry_date and key.expiry_date < timezone.now():
            return "expired", _("expired")
        return "valid", _("valid")

    # Creation

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if not change:
            # The request carries the key to the one page that shows it; the key is not stored.
            request.new_api_key = ApiKey.objects.assign_key(obj)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Key “%(name)s” is ready") % {"name": obj.name},
            "key": obj,
            "secret": request.new_api_key,  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/catalog/new_api_key.html", context)

    # Revocation

    @action(
        description=gettext_lazy("Revoke"),
        icon="block",
        variant=ActionVariant.DANGER,
        permissions=["revoke"],
    )
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = ApiKey.objects.select_related("catalog").get(pk=object_id)
        page = Confirmation(
            title=_("Revoke “%(name)s”?") % {"name": key.name},
            lines=(
                _("Programs that use the key %(prefix)s… of “%(catalog)s” lose access immediately.")
                % {"prefix": key.prefix, "catalog": key.catalog},
                _("This cannot be undone. You can create a new key instead."),
            ),
            button=_("Revoke"),
            back=reverse("admin:catalog_apikey_change", args=[object_id]),
            danger=True,
        )

        def act(_form: Any) -> Done:
            key.revoked = True
            key.save()
            return Done(
                _("“%(name)s” has been revoked.") % {"name": key.name},
                reverse("admin:catalog_apikey_changelist"),
            )

        return confirm(request, page, act)
