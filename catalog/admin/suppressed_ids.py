"""The ids of erased people: looked up by typing one, lifted by deleting the row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.models import Catalog, Profile, SuppressedId
from catalog.profiles.suppression import digest_of, find


class SuppressedIdForm(forms.ModelForm):
    external_id = forms.CharField(
        max_length=255,
        label=gettext_lazy("External ID"),
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Only a hash of it is stored."),
    )

    class Meta:
        model = SuppressedId
        fields = ("catalog",)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        catalog, external_id = data.get("catalog"), data.get("external_id", "")
        if catalog and Profile.objects.filter(catalog=catalog, external_id=external_id).exists():
            raise ValidationError(
                _("This person has a profile. Delete the profile: that puts the ID on the list.")
            )
        if catalog and find(catalog=catalog, external_id=external_id).exists():
            raise ValidationError(_("This ID is on the list already."))
        return data

    def save(self, commit: bool = True) -> SuppressedId:
        data = self.cleaned_data
        self.instance.digest = digest_of(data["catalog"], data["external_id"])
        return super().save(commit)


@admin.register(SuppressedId)
class SuppressedIdAdmin(OfCatalog, ModelAdmin):
    form = SuppressedIdForm
    list_display = ("short", "catalog", "created_at", "returns", "last_return_at")
    list_filter = (("catalog", CatalogFilter),)
    list_filter_submit = True
    list_select_related = ("catalog",)
    list_per_page = 50
    search_fields = ("digest",)
    search_help_text = gettext_lazy("The whole external ID of a person")
    autocomplete_fields = ("catalog",)
    actions = ("lift",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("catalog", "external_id")
        return ("catalog", "digest", "created_at", "returns", "last_return_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SuppressedId], search_term: str
    ) -> tuple[QuerySet[SuppressedId], bool]:
        """The typed id is hashed with the salt of each catalogue; the list itself knows no id."""
        if text := search_term.strip():
            digests = [digest_of(catalog, text) for catalog in Catalog.objects.all()]
            queryset = queryset.filter(digest__in=digests)
        return queryset, False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """*Lift* says what deleting means here."""
        return {
            name: each
            for name, each in super().get_actions(request).items()
            if name != "delete_selected"
        }

    @display(description=gettext_lazy("hash"))
    def short(self, suppressed: SuppressedId) -> str:
        return f"{suppressed}…"

    @action(description=gettext_lazy("Lift: these people may come back"), permissions=["delete"])
    def lift(self, request: HttpRequest, queryset: QuerySet[SuppressedId]) -> None:
        number = queryset.delete()[0]
        text = ngettext("%(number)s ID may come back.", "%(number)s IDs may come back.", number)
        self.message_user(request, text % {"number": number})
