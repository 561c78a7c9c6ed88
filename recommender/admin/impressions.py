"""Impressions in the admin, read-only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from catalog.admin.listing import BoundedPaginator
from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.models import Item, Profile
from recommender.models import Impression


@admin.register(Impression)
class ImpressionAdmin(OfCatalog, ModelAdmin):
    list_display = (
        "created_at",
        "profile",
        "surface",
        "position",
        "item",
        "source_list",
        "version",
    )
    list_filter = (("version__catalog", CatalogFilter), ("created_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("item", "profile__user", "version__catalog")
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("surface",)
    search_help_text = gettext_lazy("Full ID of a profile or an item, or where the list was shown")
    fields = ("profile", "item", "version", "surface", "position", "sources", "created_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Impression], search_term: str
    ) -> tuple[QuerySet[Impression], bool]:
        if text := search_term.strip():
            queryset = queryset.filter(
                Q(profile__in=Profile.objects.filter(external_id=text))
                | Q(item__in=Item.objects.filter(external_id=text))
                | Q(surface=text)
            )
        return queryset, False

    @display(description=gettext_lazy("sources"))
    def source_list(self, impression: Impression) -> str:
        return ", ".join(map(str, impression.sources)) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Impression | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Impression | None = None) -> bool:
        return False
