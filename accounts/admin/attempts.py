"""Sign-in attempts, stored by django-axes, in the admin's style."""

from __future__ import annotations

from axes.admin import AccessAttemptAdmin as BaseAccessAttemptAdmin
from axes.admin import AccessLogAdmin as BaseAccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.login.slow_down import pause_after

for model in (AccessAttempt, AccessLog, AccessFailureLog):
    admin.site.unregister(model)


@admin.register(AccessAttempt)
class AccessAttemptAdmin(BaseAccessAttemptAdmin, ModelAdmin):
    """Deleting an attempt lets the person try again at once."""

    list_display = (
        "attempt_time",
        "username",
        "ip_address",
        "path_info",
        "failures_since_start",
        "locked",
    )
    list_filter = ("attempt_time",)
    fieldsets = (
        (None, {"fields": ("username", "ip_address", "attempt_time", "failures_since_start")}),
        (gettext_lazy("Browser"), {"fields": ("user_agent", "path_info", "http_accept")}),
    )
    actions = ()

    @display(description=gettext_lazy("state"), label={"slow": "danger", "open": "info"})
    def locked(self, attempt: AccessAttempt) -> tuple[str, str]:
        slow = pause_after(attempt.failures_since_start) > 0
        return ("slow", gettext("slowed down")) if slow else ("open", gettext("can try again"))

    def has_change_permission(self, request: HttpRequest, obj: AccessAttempt | None = None) -> bool:
        return False


@admin.register(AccessLog)
class AccessLogAdmin(BaseAccessLogAdmin, ModelAdmin):
    list_display = ("attempt_time", "username", "ip_address", "logout_time", "path_info")
    list_filter = ("attempt_time",)

    def has_change_permission(self, request: HttpRequest, obj: AccessLog | None = None) -> bool:
        return False
