"""Search for programs, with the same results as the search page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import item_queries
from catalog.api.catalogs import find_category
from catalog.api.language_codes import LanguageCodes
from catalog.api.serializers import ItemSerializer
from catalog.api.validation import StrictSerializer, rejected
from catalog.api.views import CatalogAPIView
from catalog.item_traits import traits_of
from catalog.models import Catalog
from catalog.models.attribute_schemas import TYPES
from catalog.models.languages import is_read
from catalog.search.attribute_facets import AttributeFacet, attribute_facets
from catalog.search.attribute_filters import PREFIX, AttributeFilter, read_filters
from catalog.search.facet_counts import label_of, sizes_of
from catalog.search.facets import offered
from catalog.search.item_search import COLUMNS, FILTERS, Results, results
from catalog.validation.field_readers import BadField

NEAR = 12


class SearchQuery(StrictSerializer):
    repeatable = ("language",)

    q = serializers.CharField(
        max_length=200, help_text="Words in Chinese or English. Spelling mistakes are corrected."
    )
    category = serializers.CharField(
        max_length=500, required=False, help_text="Only this category and those below it."
    )
    kind = serializers.CharField(
        max_length=200,
        required=False,
        help_text="Only this kind of item, if the facets list kinds.",
    )
    provider = serializers.CharField(
        max_length=200, required=False, help_text="Only from this brand, author or school."
    )
    language = LanguageCodes()
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
    offset = serializers.IntegerField(min_value=0, max_value=10_000, default=0)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The query; ``attributes``: the filters whose names the catalogue's schema decides."""
        own = {name: value for name, value in data.items() if name.startswith(PREFIX)}
        rest = {name: value for name, value in data.items() if name not in own}
        return {**super().to_internal_value(rest), "attributes": own}


class FacetValueSerializer(serializers.Serializer):
    value = serializers.CharField(help_text="Value for the filter of this name.")
    label = serializers.CharField(help_text="Label for people, in the language of Accept-Language.")  # type: ignore[assignment]
    items = serializers.IntegerField(
        help_text="Number of items left if this value is added to the other filters."
    )


class AttributeValueSerializer(serializers.Serializer):
    value = serializers.CharField(help_text="Value for the filter `attributes.<name>`.")
    label = serializers.CharField()  # type: ignore[assignment]
    items = serializers.IntegerField(help_text="As for the other facets.")


class AttributeFacetSerializer(serializers.Serializer):
    """An attribute: ``values``, or ``min`` and ``max`` of a number or date."""

    type = serializers.ChoiceField(choices=TYPES)
    label = serializers.CharField(help_text="In the language of Accept-Language.")  # type: ignore[assignment]
    unit = serializers.CharField(allow_blank=True)
    values = AttributeValueSerializer(many=True, help_text="Empty for a number or date.")
    min = serializers.JSONField(
        allow_null=True, help_text="The lowest number or date; null without one."
    )
    max = serializers.JSONField(
        allow_null=True, help_text="The highest number or date; null without one."
    )


class FacetsSerializer(serializers.Serializer):
    """The values of each filter: the chosen one first, then those with the most items."""

    category = FacetValueSerializer(many=True)
    kind = FacetValueSerializer(
        many=True,
        required=False,
        help_text="Only if a few categories divide all items, such as book and course.",
    )
    provider = FacetValueSerializer(many=True)
    language = FacetValueSerializer(many=True)
    attributes = serializers.DictField(
        child=AttributeFacetSerializer(),
        required=False,
        help_text="By name, if the catalogue's `attribute_schema` has facets.",
    )


class SearchSerializer(serializers.Serializer):
    total = serializers.IntegerField(
        help_text="Number of items that contain the words, at most 1,000."
    )
    items = ItemSerializer(many=True)
    corrected = serializers.CharField(
        allow_null=True,
        help_text="The words that were searched for instead, because the catalogue has none of the "
        "given words.",
    )
    some_words_only = serializers.BooleanField(
        help_text="No item contains all words. These items contain some of them."
    )
    semantically_similar = ItemSerializer(
        many=True,
        help_text=f"Semantically similar items, at most {NEAR}; on the first page only.",
    )
    facets = FacetsSerializer()
    next = serializers.CharField(allow_null=True, help_text="URL of the next page.")
    previous = serializers.CharField(allow_null=True)


EXAMPLE = OpenApiExample("a word with a mistake", response_only=True, value={
    "total": 1,
    "items": [{
        "item_id": "b-1", "title": "Python Basics", "description": "",
        "categories": ["Books", "Python"],
        "provider": "Open Press", "language": "en", "attributes": {}, "available": True,
        "created_at": "2026-05-01T09:30:00Z",
    }],
    "corrected": "python",
    "some_words_only": False,
    "semantically_similar": [],
    "facets": {
        "category": [{"value": "Books", "label": "Books", "items": 1}],
        "provider": [{"value": "Open Press", "label": "Open Press", "items": 1}],
        "language": [{"value": "en", "label": "English", "items": 1}],
    },
    "next": None,
    "previous": None,
})  # fmt: skip


ATTRIBUTES = OpenApiParameter(
    "attributes",
    {"type": "object", "additionalProperties": {"type": "string"}},
    OpenApiParameter.QUERY,
    style="form",
    explode=True,
    description="Filters by attributes that the catalogue's `attribute_schema` calls facets. Each "
    "is a parameter of its own, with its whole name: `attributes.colour=red`, or of a number or "
    "date `attributes.weight_min=1` and `attributes.weight_max=2.5`.",
    examples=[
        OpenApiExample("a colour", {"attributes.colour": "red"}),
        OpenApiExample("a weight", {"attributes.weight_min": "1", "attributes.weight_max": "2.5"}),
    ],
)


@extend_schema(tags=["items"])
class Search(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_item"}
    query_class = SearchQuery

    @extend_schema(
        operation_id="search",
        parameters=[SearchQuery, ATTRIBUTES],
        responses=SearchSerializer,
        examples=[EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Available items that contain all the words, best first.

        A word in the title counts most, then in a category, then in the description. Words that the
        catalogue does not have are corrected. If a model can read texts, semantically similar items
        follow, in any language.

        Attributes that the catalogue's `attribute_schema` calls facets are filters too:
        `attributes.colour=red`; of numbers and dates `attributes.weight_min=1` and
        `attributes.weight_max=2.5`, both included. An unknown name or a value of another type is
        an error.
        """
        kinds = [name for name, _size in offered(self.catalog).kinds]
        chosen = self._chosen(kinds)
        found = results(self.catalog, self.params["q"], chosen, self._attributes())
        start, end = self.params["offset"], self.params["offset"] + self.params["limit"]
        answer = {
            **self._items(found, start, end),
            "total": len(found.found.named),
            "corrected": found.found.corrected or None,
            "some_words_only": found.found.loosely,
            "facets": self._facets(found, kinds),
            "next": self._page(end) if end < len(found.found.named) else None,
            "previous": self._page(max(0, start - self.params["limit"])) if start else None,
        }
        return Response(SearchSerializer(answer).data)

    def _chosen(self, kinds: list[str]) -> dict[str, Any]:
        """The given filters, each with values that the catalogue has."""
        chosen = {name: self.params[name] for name in COLUMNS if name in self.params}
        find_category(self.catalog, chosen.get("category"))
        if "kind" in chosen and chosen["kind"] not in kinds:
            raise rejected(
                "kind",
                chosen["kind"],
                _not_among(kinds, _("This catalogue has no kinds of items.")),
            )
        if (
            "provider" in chosen
            and not self.catalog.items.filter(provider=chosen["provider"]).exists()
        ):
            raise rejected(
                "provider", chosen["provider"], _("This catalogue has no such provider.")
            )
        if "language" in chosen:
            chosen["language"] = tuple(languages_of(self.catalog, chosen["language"]))
        return chosen

    def _attributes(self) -> tuple[AttributeFilter, ...]:
        """The given filters of attributes, each with a value that some item has."""
        try:
            filters = read_filters(self.catalog, self.params["attributes"])
        except BadField as error:
            raise rejected(error.field, error.value, error.reason) from None
        for each in filters:
            is_free = isinstance(each.value, str) and not each.bound
            if is_free and not each.narrow(self.catalog.items.all()).exists():
                reason = _("No item in this catalogue has this value.")
                raise rejected(each.parameter, each.value, reason)
        return filters

    def _items(self, found: Results, start: int, end: int) -> dict[str, Any]:
        """One page of keyword results, the first one with semantic results, in two queries."""
        here, near = found.found.named[start:end], [] if start else found.found.near[:NEAR]
        items = {item.pk: item for item in item_queries.items_in_order([*here, *near])}
        lists = {"items": here, "semantically_similar": near}
        return {name: [items[key] for key in keys if key in items] for name, keys in lists.items()}

    def _facets(self, found: Results, kinds: list[str]) -> dict[str, Any]:
        sizes = {name: sizes_of(found, name) for name in FILTERS}
        if kinds:
            every = sizes_of(found, "kind")
            sizes["kind"] = {name: every[name] for name in every if name in kinds}
            sizes["category"] = {
                name: size for name, size in sizes["category"].items() if name not in kinds
            }
        facets: dict[str, Any] = {
            name: [
                {"value": value, "label": label_of(self.catalog, name, value), "items": size}
                for value, size in values.items()
            ]
            for name, values in sizes.items()
        }
        attributes = attribute_facets(self.catalog, found)
        if attributes:
            facets["attributes"] = {facet.name: _described(facet) for facet in attributes}
        return facets

    def _page(self, offset: int) -> str:
        query = self.request.query_params.copy()
        query["offset"] = str(offset)
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")


def _described(facet: AttributeFacet) -> dict[str, Any]:
    return {
        "type": facet.kind,
        "label": facet.label,
        "unit": facet.unit,
        "values": [
            {"value": value, "label": facet.shown(value), "items": size}
            for value, size in facet.values.items()
        ],
        "min": facet.lowest,
        "max": facet.highest,
    }


def languages_of(catalog: Catalog, codes: Sequence[str]) -> list[str]:
    """The catalogue's languages that are meant: ``en`` means ``en-gb`` too.

    Raises:
        AppError: ``invalid`` for a code that is the language of no item.
    """
    known = traits_of(catalog).codes if codes else ()
    for code in codes:
        if not any(is_read(own, [code]) for own in known):
            none = _("No item in this catalogue has a language.")
            raise rejected("language", code, _not_among(sorted(known), none))
    return [own for own in known if is_read(own, codes)]


def _not_among(known: list[str], none: str) -> str:
    return _("Must be one of: %(names)s.") % {"names": ", ".join(known)} if known else none
