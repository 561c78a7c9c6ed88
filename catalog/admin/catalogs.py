"""Catalogues and their settings."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.admin.event_kinds import EventKindInline
from catalog.admin.listing import CountedDeletion
from catalog.admin.members import MembersOfCatalog
from catalog.admin.permissions import InlineOfCatalog, OfCatalog
from catalog.models import Catalog


class ReadableJsonField(forms.JSONField):
    """JSON with a line for each entry, so that people can edit it."""

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


class CatalogForm(forms.ModelForm):
    texts = ReadableJsonField(
        label=gettext_lazy("Texts"),
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text=Catalog._meta.get_field("texts").help_text,
    )

    attribute_schema = ReadableJsonField(
        label=gettext_lazy("Attributes of items"),
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text=Catalog._meta.get_field("attribute_schema").help_text,
    )

    class Meta:
        help_texts: ClassVar = {
            "tail_default": gettext_lazy(
                "0 shows what many people like, 1 what few people know. Lowest ≤ default ≤ highest."
            )
        }

    def clean_texts(self) -> Any:
        """An empty field is an empty table; the model validates the rest."""
        return {} if self.cleaned_data["texts"] is None else self.cleaned_data["texts"]

    def clean_attribute_schema(self) -> Any:
        return self.cleaned_data["attribute_schema"] or {}


@admin.register(Catalog)
class CatalogAdmin(OfCatalog, CountedDeletion, ModelAdmin):
    form = CatalogForm
    inlines: tuple[type[InlineOfCatalog], ...] = (EventKindInline, MembersOfCatalog)
    list_display = (
        "name",
        "slug",
        "domain",
        "language",
        "is_public",
        "people",
        "dial",
        "page_link",
    )
    list_filter = ("domain", "language", "is_public")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    readonly_fields = ("created_at", "page_link")
    warn_unsaved_form = True
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "slug",
                    ("domain", "language"),
                    ("is_public", "log_is_simulated"),
                    ("currency", "provider_is_user"),
                    "page_link",
                )
            },
        ),
        (
            gettext_lazy("Ratings"),
            {"fields": ("rating_scale", "zero_is_no_rating"), "classes": ["tab"]},
        ),
        (
            gettext_lazy("Tail dial"),
            {"fields": ("tail_default", "tail_min", "tail_max"), "classes": ["tab"]},
        ),
        (
            gettext_lazy("Categories and providers"),
            {"fields": ("calibration", "min_provider_share"), "classes": ["tab"]},
        ),
        (gettext_lazy("Attributes"), {"fields": ("attribute_schema",), "classes": ["tab"]}),
        (gettext_lazy("Texts"), {"fields": ("texts", "created_at"), "classes": ["tab"]}),
    )

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Catalog | None = None
    ) -> dict[str, tuple[str, ...]]:
        # The address of an existing catalogue must not follow its name, and a reader has no field
        # to fill.
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @display(description=gettext_lazy("people"), label={"simulated": "warning", "real": "success"})
    def people(self, catalog: Catalog) -> tuple[str, str]:
        return ("simulated", _("simulated")) if catalog.log_is_simulated else ("real", _("real"))

    @display(description=gettext_lazy("tail dial"), ordering="tail_default")
    def dial(self, catalog: Catalog) -> str:
        return f"{catalog.tail_default:g} ({catalog.tail_min:g} – {catalog.tail_max:g})"

    @display(description=gettext_lazy("page"))
    def page_link(self, catalog: Catalog) -> str:
        try:
            address = catalog.get_absolute_url() if catalog.pk else ""
        except NoReverseMatch:
            address = ""
        return (
            format_html('<a class="lt-link" href="{}">{}</a>', address, address) if address else "–"
        )


def catalog_page(catalog: Catalog) -> str:
    return reverse("admin:catalog_catalog_change", args=[catalog.pk])
