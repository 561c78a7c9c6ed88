"""Interest texts, blocked words and enriched items in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from catalog.admin.listing import BoundedPaginator
from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.models import Item, Profile
from recommender.interests import interest_texts
from recommender.models import InterestText, ItemEnrichment
from recommender.models.interest_words import Word


class _ReadOnly(OfCatalog, ModelAdmin):
    """Models and people write it, not staff. Staff with the right can delete it."""

    list_filter_submit = True
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(InterestText)
class InterestTextAdmin(_ReadOnly):
    list_display = ("profile", "sentence_shown", "is_edited", "version", "refreshed_at")
    list_filter = (
        ("profile__catalog", CatalogFilter),
        ("refreshed_at", RangeDateTimeFilter),
    )
    list_select_related = ("profile__user", "version__catalog")
    sortable_by = ()
    search_fields = ("profile__external_id",)
    search_help_text = gettext_lazy("Full ID or email address of a profile")
    fields = (
        "profile", "sentence", "worded_by", "words_shown", "muted", "text", "version", "revision",
        "refreshed_at", "edited_at", "created_at",
    )  # fmt: skip
    readonly_fields = ("words_shown", "muted")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[InterestText], search_term: str
    ) -> tuple[QuerySet[InterestText], bool]:
        if text := search_term.strip():
            found = Profile.objects.filter(Q(external_id=text) | Q(user__email__iexact=text))
            queryset = queryset.filter(profile__in=found)
        return queryset, False

    @display(description=gettext_lazy("sentence"))
    def sentence_shown(self, row: InterestText) -> str:
        return row.sentence or "–"

    @display(description=gettext_lazy("edited by the person"), boolean=True)
    def is_edited(self, row: InterestText) -> bool:
        return row.is_edited

    @display(description=gettext_lazy("words"))
    def words_shown(self, row: InterestText) -> str:
        rows = (
            (word.word, f"{word.weight:.2f}", ", ".join(_marks(word)) or "–")
            for word in row.interests.words
        )
        table = format_html_join(
            "", '<tr><td>{}</td><td class="lt-number">{}</td><td>{}</td></tr>', rows
        )
        return format_html('<table class="lt-table">{}</table>', table) if table else "–"

    @display(description=gettext_lazy("muted words"))
    def muted(self, row: InterestText) -> str:
        return ", ".join(row.interests.unwanted) or "–"

    def delete_model(self, request: HttpRequest, obj: InterestText) -> None:
        interest_texts.forget_interest_text(profile=obj.profile)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[InterestText]) -> None:
        for row in queryset.select_related("profile"):
            interest_texts.forget_interest_text(profile=row.profile)


def _marks(word: Word) -> list[str]:
    names = {"pinned": _("pinned"), "added": _("added"), "edited": _("weight changed")}
    return [name for flag, name in names.items() if getattr(word, flag)]


@admin.register(ItemEnrichment)
class ItemEnrichmentAdmin(_ReadOnly):
    list_display = ("item", "text", "model", "created_at")
    list_filter = (("item__catalog", CatalogFilter), ("created_at", RangeDateTimeFilter))
    list_select_related = ("item",)
    sortable_by = ()
    search_fields = ("item__external_id",)
    search_help_text = gettext_lazy("Full ID of an item")
    fields = ("item", "text", "model", "created_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ItemEnrichment], search_term: str
    ) -> tuple[QuerySet[ItemEnrichment], bool]:
        if text := search_term.strip():
            queryset = queryset.filter(item__in=Item.objects.filter(external_id=text))
        return queryset, False
