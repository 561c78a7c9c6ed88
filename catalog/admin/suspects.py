"""Profiles that act like programs: staff see why, and lift the mark."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.models import Item, SuspectProfile
from catalog.profiles import suspects


@admin.register(SuspectProfile)
class SuspectProfileAdmin(OfCatalog, ModelAdmin):
    list_display = ("name", "catalog", "reason", "why", "found_at", "is_counted")
    list_filter = (
        ("profile__catalog", CatalogFilter),
        ("reason", ChoicesDropdownFilter),
        ("lifted_at", admin.EmptyFieldListFilter),
    )
    list_filter_submit = True
    list_select_related = ("profile__catalog", "profile__user")
    list_per_page = 50
    search_fields = ("profile__external_id", "profile__user__email")
    readonly_fields = ("name", "catalog", "reason", "why", "found_at", "lifted_at", "lifted_by")
    fields = readonly_fields
    actions = ("lift", "mark_again")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deleted mark would come back with the next check; a lifted one does not."""
        return False

    @display(description=gettext_lazy("profile"))
    def name(self, mark: SuspectProfile) -> str:
        address = reverse("admin:catalog_profile_change", args=[mark.profile_id])
        return format_html('<a href="{}">{}</a>', address, mark.profile)

    @display(description=gettext_lazy("catalogue"), ordering="profile__catalog")
    def catalog(self, mark: SuspectProfile) -> str:
        return str(mark.profile.catalog)

    @display(description=gettext_lazy("evidence"))
    def why(self, mark: SuspectProfile) -> str:
        evidence = mark.evidence
        if mark.reason == SuspectProfile.Reason.RATE:
            return _("%(acts)s acts in one hour") % {"acts": evidence.get("acts_in_an_hour")}
        if mark.reason == SuspectProfile.Reason.AGENT:
            return str(evidence.get("agent", ""))
        item = Item.objects.filter(pk=evidence.get("item")).first()
        hours = int(evidence.get("seconds", 0)) // 3600
        text = ngettext(
            "%(people)s newcomers within %(hours)s hour, all with “%(item)s”",
            "%(people)s newcomers within %(hours)s hours, all with “%(item)s”",
            hours,
        )
        named = item or _("a deleted item")
        return text % {"people": evidence.get("people"), "hours": hours, "item": named}

    @display(description=gettext_lazy("counted"), boolean=True)
    def is_counted(self, mark: SuspectProfile) -> bool:
        return mark.lifted_at is not None

    @action(description=gettext_lazy("Count these profiles again"), permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[SuspectProfile]) -> None:
        n = suspects.lift(marks=list(queryset), user=request.user)
        self.message_user(
            request, ngettext("%(n)s mark lifted.", "%(n)s marks lifted.", n) % {"n": n}
        )

    @action(description=gettext_lazy("Leave these profiles out again"), permissions=["change"])
    def mark_again(self, request: HttpRequest, queryset: QuerySet[SuspectProfile]) -> None:
        n = suspects.mark_again(marks=list(queryset))
        self.message_user(
            request, ngettext("%(n)s profile left out.", "%(n)s profiles left out.", n) % {"n": n}
        )
