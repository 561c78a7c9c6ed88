"""Filters of lists. An unknown filter is an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from catalog.api.validation import invalid, parameters_of, problems, unknown_name
from catalog.models import Category, Interaction, Item
from catalog.models.event_kinds import kinds_of
from catalog.models.items import items_of

YEARS = [
    MinValueValidator(datetime(1000, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(9000, 1, 1, tzinfo=UTC)),
]


class StrictFilterBackend(DjangoFilterBackend, BaseFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filters = self.get_filterset(request, queryset, view)
        known = [*filters.filters, *view.pagination_class.parameters]
        given = parameters_of(request.query_params)
        errors = {name: [unknown_name(name, known)] for name in given if name not in known}
        empty = _("is empty: leave it out, or give a value")
        errors |= {name: [empty] for name in filters.filters if given.get(name) == ""}
        if not filters.is_valid():
            errors.update(filters.errors)
        if errors:
            raise invalid(list(problems(errors, given)))
        return filters.qs


def _categories(request: Request) -> QuerySet[Category]:
    return Category.objects.filter(catalog=request.parser_context["view"].catalog)


@extend_schema_field(str)
class CategoryFilter(django_filters.ModelChoiceFilter):
    """Filters by name. An unknown category is an error, not an empty list."""

    def filter(self, queryset: QuerySet, value: Category | None) -> QuerySet:
        """The items of the category and of all below it."""
        if value is None:
            return queryset
        return queryset.filter(pk__in=items_of(value.catalog, value.name))

    def __init__(self, **options: Any) -> None:
        message = _("This catalogue has no such category.")
        super().__init__(
            queryset=_categories,
            to_field_name="name",
            error_messages={"invalid_choice": message},
            **options,
        )


def after(field: str) -> django_filters.IsoDateTimeFilter:
    return django_filters.IsoDateTimeFilter(
        field, "gt", validators=YEARS, label=_("After this time (ISO 8601).")
    )


def before(field: str) -> django_filters.IsoDateTimeFilter:
    return django_filters.IsoDateTimeFilter(
        field, "lt", validators=YEARS, label=_("Before this time (ISO 8601).")
    )


@extend_schema_field(bool)
class TruthFilter(django_filters.TypedChoiceFilter):
    """``true`` or ``false``."""


class ItemFilter(django_filters.FilterSet):
    item_id = django_filters.CharFilter(
        "external_id",
        label=_("Only the item with exactly this ID. The ID may contain any characters."),
    )
    category = CategoryFilter(
        field_name="categories", label=_("Name of a category; those below it count too.")
    )
    provider = django_filters.CharFilter(label=_("Brand, author or school."))
    language = django_filters.CharFilter(lookup_expr="iexact", label=_("Language code."))
    available = TruthFilter(
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda text: text == "true",
        label=_("true or false."),
    )
    created_after = after("created_at")
    search = django_filters.CharFilter(
        "title", "icontains", label=_("Part of the title. `search` finds more.")
    )

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()


@extend_schema_field(str)
class KindFilter(django_filters.ChoiceFilter):
    """Filters by one of the catalogue's kinds; an unknown one is an error."""

    @property
    def field(self) -> Any:
        request = getattr(self.parent, "request", None)
        kinds = kinds_of(request.parser_context["view"].catalog) if request else ()
        self.extra["choices"] = [(kind, kind) for kind in kinds]
        return super().field


class InteractionFilter(django_filters.FilterSet):
    user_id = django_filters.CharFilter("profile__external_id", label=_("Your ID of the user."))
    item_id = django_filters.CharFilter("item__external_id", label=_("Your ID of the item."))
    kind = KindFilter(label=_("One of the kinds of the catalogue."))
    after = after("created_at")
    before = before("created_at")

    class Meta:
        model = Interaction
        fields: tuple[str, ...] = ()


class NoFilter(django_filters.FilterSet):
    """For lists without filters."""
