"""Items and their categories."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ExportMixin
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.import_export.forms import ExportForm
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import PaginationInlineFormSet

from catalog.admin.export_formats import EXPORT_FORMATS
from catalog.admin.file_imports import import_urls
from catalog.admin.file_rights import catalogs_to_import
from catalog.admin.item_files import ItemResource
from catalog.admin.item_form import ItemForm
from catalog.admin.listing import CountedDeletion
from catalog.admin.permissions import CatalogFilter, InlineOfCatalog, OfCatalog
from catalog.browse.prices import image_of, price_of
from catalog.models import Category, Holds, Item, ItemCategory


class CategoriesOfCatalog(PaginationInlineFormSet):
    """Rejects categories of another catalogue, which the search field offers too."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            category = form.cleaned_data.get("category") if hasattr(form, "cleaned_data") else None
            if (
                category
                and self.instance.catalog_id
                and category.catalog_id != self.instance.catalog_id
            ):
                form.add_error(
                    "category",
                    _("“%(category)s” belongs to another catalogue.") % {"category": category.name},
                )


class ItemCategoryInline(InlineOfCatalog, TabularInline):
    model = ItemCategory
    formset = CategoriesOfCatalog
    fields = ("category", "position")
    autocomplete_fields = ("category",)
    extra = 0
    hide_title = True
    verbose_name = gettext_lazy("category")
    verbose_name_plural = gettext_lazy("categories, main one first")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ItemCategory]:
        return super().get_queryset(request).select_related("category")


@admin.register(Item)
class ItemAdmin(OfCatalog, CountedDeletion, ExportMixin, ModelAdmin):
    form = ItemForm
    inlines = (ItemCategoryInline,)
    list_display = (
        "cover",
        "title_and_id",
        "catalog",
        "category_list",
        "language",
        "price_and_stock",
        "available",
        "created_at",
    )
    list_display_links = ("cover", "title_and_id")
    list_filter = (
        ("catalog", CatalogFilter),
        "available",
        ("categories", AutocompleteSelectFilter),
        ("language", admin.AllValuesFieldListFilter),
    )
    list_filter_submit = True
    list_per_page = 50
    list_select_related = ("catalog",)
    show_full_result_count = False
    search_fields = ("title", "external_id", "provider")
    autocomplete_fields = ("catalog",)
    readonly_fields: tuple[str, ...] = ("large_cover", "page_link")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "catalog",
                    ("external_id", "available"),
                    "title",
                    "description",
                    "large_cover",
                )
            },
        ),
        (
            gettext_lazy("Details"),
            {"fields": (("provider", "language"), "attributes", "created_at", "page_link")},
        ),
        (
            gettext_lazy("Sale"),
            {
                "fields": (
                    ("price", "currency", "stock"),
                    ("available_from", "available_until"),
                    "group",
                    "image_url",
                )
            },
        ),
    )
    actions = ("make_available", "make_unavailable")
    actions_list = ("import_file",)
    resource_classes: ClassVar = [ItemResource]
    formats: ClassVar = EXPORT_FORMATS
    export_form_class = ExportForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        return super().get_queryset(request).prefetch_related("item_categories__category")

    def get_readonly_fields(self, request: HttpRequest, obj: Item | None = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "catalog") if obj else fields

    # Columns

    @display(description="")
    def cover(self, item: Item) -> str:
        return _picture(item, "lt-thumb")

    @display(description=gettext_lazy("cover"))
    def large_cover(self, item: Item) -> str:
        return _picture(item, "lt-cover") if item.pk else "–"

    @display(description=gettext_lazy("item"), ordering="title", header=True)
    def title_and_id(self, item: Item) -> tuple[str, str]:
        return item.title or "–", " · ".join(filter(None, (item.external_id, item.provider)))

    @display(description=gettext_lazy("categories"))
    def category_list(self, item: Item) -> str:
        return " · ".join(item.category_names[:3]) or "–"

    @display(description=gettext_lazy("price and stock"), ordering="price")
    def price_and_stock(self, item: Item) -> str:
        stock = "" if item.stock is None else _("%(n)s in stock") % {"n": item.stock}
        return " · ".join(filter(None, (price_of(item), stock))) or "–"

    @display(description=gettext_lazy("page"))
    def page_link(self, item: Item) -> str:
        address = _address("catalog:item", item)
        return (
            format_html('<a class="lt-link" href="{}">{}</a>', address, address) if address else "–"
        )

    # Actions

    @action(description=gettext_lazy("Make available"), permissions=["change"])
    def make_available(self, request: HttpRequest, queryset: QuerySet[Item]) -> None:
        self._set_available(request, queryset, True)

    @action(description=gettext_lazy("Make unavailable"), permissions=["change"])
    def make_unavailable(self, request: HttpRequest, queryset: QuerySet[Item]) -> None:
        self._set_available(request, queryset, False)

    def _set_available(
        self, request: HttpRequest, queryset: QuerySet[Item], available: bool
    ) -> None:
        number = Item.objects.filter(pk__in=queryset.values("pk")).update(available=available)
        if available:
            text = ngettext(
                "%(number)s item is now available.", "%(number)s items are now available.", number
            )
        else:
            text = ngettext(
                "%(number)s item is now unavailable.",
                "%(number)s items are now unavailable.",
                number,
            )
        self.message_user(request, text % {"number": number})

    # Files

    def get_urls(self) -> list[URLPattern]:
        return [*import_urls(Holds.ITEMS), *super().get_urls()]

    @action(
        description=gettext_lazy("Import"),
        icon="upload_file",
        variant=ActionVariant.PRIMARY,
        permissions=["import"],
    )
    def import_file(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:catalog_item_import")

    def has_import_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        return catalogs_to_import(request.user, Holds.ITEMS).exists()

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Category)
class CategoryAdmin(OfCatalog, ModelAdmin):
    list_display = ("name", "catalog", "n_items")
    list_filter = (("catalog", CatalogFilter),)
    list_filter_submit = True
    list_select_related = ("catalog",)
    search_fields = ("name",)
    ordering = ("name", "id")
    autocomplete_fields = ("catalog",)
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(number=Count("item_categories"))

    @display(description=gettext_lazy("items"), ordering="number")
    def n_items(self, category: Any) -> int:
        return category.number


def _address(name: str, item: Item) -> str:
    try:
        return reverse(name, args=[item.catalog.slug, item.pk])
    except NoReverseMatch:
        return ""


def _picture(item: Item, css_class: str) -> str:
    address = image_of(item) or _address("catalog:cover", item)
    return (
        format_html(
            '<img class="{}" src="{}" alt="" loading="lazy" referrerpolicy="no-referrer">',
            css_class,
            address,
        )
        if address
        else "–"
    )
