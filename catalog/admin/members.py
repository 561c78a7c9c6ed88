"""Roles in catalogues, on the page of a catalogue and on the page of an account."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin.accounts import UserAdmin
from accounts.models import User
from catalog.admin.permissions import InlineOfCatalog
from catalog.models import CatalogMember

admin.site.unregister(User)


class MembersOfCatalog(InlineOfCatalog, TabularInline):
    """Who works in a catalogue. Administrators give roles, managers see them."""

    model = CatalogMember
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    extra = 0
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[CatalogMember]:
        return super().get_queryset(request).select_related("user", "catalog")


class CatalogsOfUser(InlineOfCatalog, TabularInline):
    """In which catalogues an account works."""

    model = CatalogMember
    fields = ("catalog", "role")
    autocomplete_fields = ("catalog",)
    extra = 0
    tab = True


@admin.register(User)
class MemberUserAdmin(UserAdmin):
    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[InlineModelAdmin]]:
        """Roles come once the account is there."""
        return [CatalogsOfUser] if obj else []
