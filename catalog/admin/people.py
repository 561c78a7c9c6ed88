"""Profiles and interactions, mostly read-only: the log is not edited by hand."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ExportMixin
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import (
    DropdownFilter,
    RangeDateTimeFilter,
)
from unfold.contrib.import_export.forms import ExportForm
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from catalog.admin.export_formats import EXPORT_FORMATS
from catalog.admin.file_imports import import_urls
from catalog.admin.file_rights import catalogs_to_import
from catalog.admin.item_files import InteractionResource
from catalog.admin.listing import BoundedPaginator, CountedDeletion
from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.models import Holds, Interaction, Item, Profile
from catalog.models.event_kinds import kinds_of
from catalog.policy.policy import catalogs_for
from catalog.profiles import suppression
from catalog.profiles.services import delete_profile

NEWEST = 12


class ProfileForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        """The id of an erased person is rejected here as at every other door."""
        data = super().clean() or {}
        catalog = data.get("catalog") or getattr(self.instance, "catalog", None)
        external_id = data.get("external_id")
        if not catalog or not external_id or "external_id" not in self.changed_data:
            return data
        if suppression.find(catalog=catalog, external_id=external_id):
            self.add_error("external_id", f"“{external_id}” {suppression.reason()}.")
        return data


@admin.register(Profile)
class ProfileAdmin(OfCatalog, CountedDeletion, ModelAdmin):
    form = ProfileForm
    list_display = ("name", "catalog", "user", "tail", "n_interactions", "created_at")
    list_filter = (
        ("catalog", CatalogFilter),
        ("user", admin.EmptyFieldListFilter),
        ("created_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    list_select_related = ("catalog", "user")
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("external_id", "user__email")
    search_help_text = gettext_lazy("External ID or email address")
    autocomplete_fields = ("catalog", "user")
    readonly_fields = ("created_at", "newest")
    fields = ("catalog", "external_id", "user", "tail", "personal", "newest", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Profile]:
        return super().get_queryset(request).select_related("user")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Profile | None = None
    ) -> tuple[str, ...]:
        """The account is for those who may see accounts."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if not request.user.has_perm("accounts.view_user"):
            fields = (*fields, "user")
        return (*fields, "catalog") if obj else fields

    @display(description=gettext_lazy("profile"), ordering="external_id")
    def name(self, profile: Profile) -> str:
        return str(profile)

    @display(description=gettext_lazy("interactions"))
    def n_interactions(self, profile: Profile) -> int:
        # One short count for each row of the page. A count in the list's query would run for all
        # profiles.
        return profile.interactions.count()

    @display(description=gettext_lazy("latest interactions"))
    def newest(self, profile: Profile) -> str:
        if not profile.pk:
            return "–"
        number = profile.interactions.count()
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (row.created_at.date(), kinds_of(profile.catalog).label(row.kind), row.item)
                for row in profile.interactions.select_related("item")[:NEWEST]
            ),
        )
        everything = (
            f"{reverse('admin:catalog_interaction_changelist')}?profile__id__exact={profile.pk}"
        )
        text = ngettext("%(number)s interaction", "%(number)s interactions", number) % {
            "number": number
        }
        return format_html(
            '<table class="lt-table">{}</table><a class="lt-link" href="{}">{}</a>',
            rows,
            everything,
            text,
        )

    def delete_model(self, request: HttpRequest, obj: Profile) -> None:
        delete_profile(profile=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Profile]) -> None:
        for profile in queryset:
            delete_profile(profile=profile)


class KindFilter(DropdownFilter):
    """The kinds of all catalogues, or of the one that is chosen, with their labels."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        catalogs = catalogs_for(request.user, "catalog.view_interaction")
        if chosen := request.GET.get("catalog__id__exact", ""):
            catalogs = catalogs.filter(pk=chosen) if chosen.isdecimal() else catalogs
        rows = [row for catalog in catalogs for row in kinds_of(catalog).values()]
        return list({row.name: (row.name, row.label) for row in reversed(rows)}.values())[::-1]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Interaction]
    ) -> QuerySet[Interaction]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Interaction)
class InteractionAdmin(OfCatalog, ExportMixin, ModelAdmin):
    resource_classes: ClassVar = [InteractionResource]
    formats: ClassVar = EXPORT_FORMATS
    export_form_class = ExportForm
    actions_list = ("import_file",)
    list_display = (
        "created_at",
        "profile_link",
        "kind_label",
        "value",
        "item_link",
        "catalog",
        "event_id",
    )
    list_display_links = ("created_at",)
    list_filter = (
        ("catalog", CatalogFilter),
        KindFilter,
        ("created_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    list_select_related = ("catalog", "item", "profile__user")
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Newest by key, not by time: ordering by the key needs no sort of the whole log.
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("event_id",)
    search_help_text = gettext_lazy("Full ID of a profile, an item or an event")
    fields = ("catalog", "profile", "item", "kind", "value", "created_at", "event_id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Interaction], search_term: str
    ) -> tuple[QuerySet[Interaction], bool]:
        """Matches whole ids only; searching for parts would read the whole log."""
        if text := search_term.strip():
            queryset = queryset.filter(
                Q(profile__in=Profile.objects.filter(external_id=text))
                | Q(item__in=Item.objects.filter(external_id=text))
                | Q(event_id=text)
            )
        return queryset, False

    # Files

    def get_urls(self) -> list[URLPattern]:
        return [*import_urls(Holds.INTERACTIONS), *super().get_urls()]

    @action(
        description=gettext_lazy("Import"),
        icon="upload_file",
        variant=ActionVariant.PRIMARY,
        permissions=["import"],
    )
    def import_file(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:catalog_interaction_import")

    def has_import_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        return catalogs_to_import(request.user, Holds.INTERACTIONS).exists()

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Interaction | None = None) -> bool:
        return False

    @display(description=gettext_lazy("kind"), label={"negative": "danger"})
    def kind_label(self, interaction: Interaction) -> tuple[str, str]:
        kinds = kinds_of(interaction.catalog)
        sign = "negative" if interaction.kind in kinds.negative else ""
        return sign, kinds.label(interaction.kind)

    @display(description=gettext_lazy("profile"))
    def profile_link(self, interaction: Interaction) -> str:
        return _admin_link(
            "admin:catalog_profile_change", interaction.profile_id, interaction.profile
        )

    @display(description=gettext_lazy("item"))
    def item_link(self, interaction: Interaction) -> str:
        return _admin_link("admin:catalog_item_change", interaction.item_id, interaction.item)


def _admin_link(name: str, pk: int, text: object) -> str:
    return format_html('<a class="lt-link" href="{}">{}</a>', reverse(name, args=[pk]), text)
