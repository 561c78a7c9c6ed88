"""Accounts of single sign-on and second factors: staff see that they exist, and remove them.

allauth's own pages would show secrets, and let staff add providers beside the settings.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

for model in (Authenticator, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


class _SeenAndRemoved(ModelAdmin):
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(SocialAccount)
class SocialAccountAdmin(_SeenAndRemoved):
    list_display = ("user", "uid", "last_login", "date_joined")
    fields = ("user", "provider", "uid", "extra_data", "last_login", "date_joined")
    search_fields = ("user__email", "uid")


@admin.register(Authenticator)
class AuthenticatorAdmin(_SeenAndRemoved):
    """Removing the rows of an account lets a person in who lost the phone and the codes."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = list_display
    list_filter = ("type",)
    search_fields = ("user__email",)
