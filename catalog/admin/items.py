"""Items and their categories."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import CSV, JSON
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.import_export.forms import ExportForm
from unfold.decorators import action, display
from unfold.forms import PaginationInlineFormSet

from catalog.admin.item_files import MAX_ROWS, ItemConfirmForm, ItemImportForm, ItemResource
from catalog.admin.item_form import ItemForm
from catalog.admin.listing import CountedDeletion
from catalog.admin.permissions import CatalogFilter, InlineOfCatalog, OfCatalog
from catalog.browse.prices import image_of, price_of
from catalog.models import Category, Item, ItemCategory
from catalog.policy.policy import catalogs_for


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
class ItemAdmin(OfCatalog, CountedDeletion, ImportExportModelAdmin, ModelAdmin):
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
    readonly_fields = ("large_cover", "page_link")
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
    resource_classes: ClassVar = [ItemResource]
    formats: ClassVar = (CSV, JSON)
    import_template_name = "admin/catalog/import_items.html"
    import_form_class = ItemImportForm
    confirm_form_class = ItemConfirmForm
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

    def create_import_form(self, request: HttpRequest) -> Any:
        return self._own_catalogs(request, super().create_import_form(request))

    def create_confirm_form(self, request: HttpRequest, import_form: Any = None) -> Any:
        return self._own_catalogs(request, super().create_confirm_form(request, import_form))

    def _own_catalogs(self, request: HttpRequest, form: Any) -> Any:
        form.fields["catalog"].queryset = catalogs_for(request.user, self.permission("add"))
        return form

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        return {
            "catalog": getattr(form, "cleaned_data", {}).get("catalog")
            if form and form.is_bound
            else None
        }

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        return (
            {**initial, "catalog": import_form.cleaned_data["catalog"].pk}
            if import_form
            else initial
        )

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_context_data(**kwargs), "max_rows": MAX_ROWS}


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
