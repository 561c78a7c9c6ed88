"""Lists for people, and items near an item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.catalogs import find_category
from catalog.api.items import ItemDetail, find_item
from catalog.api.schema import id_parameter, only_get
from catalog.api.search import languages_of
from catalog.api.views import CatalogAPIView
from catalog.models import Catalog, Item, Profile
from config.statements import Statement
from recommender.api.serializers import (
    ListSerializer,
    RecommendationQuery,
    RecommendationsSerializer,
    SimilarQuery,
    SimilarToQuery,
)
from recommender.serving import recommend
from recommender.serving.item_lists import ItemList, in_other_languages
from recommender.serving.user_context import UserContext, user_context_of

SURFACE = "api"

# One for all requests: a new serializer copies all fields.
_LIST, _RECOMMENDATIONS = ListSerializer(), RecommendationsSerializer()

RECOMMENDATIONS_EXAMPLE = OpenApiExample("one place", response_only=True, value={
    "version": 3,
    "fallback": None,
    "tail": 0.5,
    "other_languages": 0,
    "items": [{
        "item_id": "b-2", "title": "数据分析入门", "rank": 1, "score": 4.71,
        "sources": ["history", "text"],
        "language": "zh-hans", "price": 39.0, "currency": "CNY", "image_url": "", "group": "",
        "reason": "People chose this after “Python Basics”",
        "people": 3, "popularity_rank": 0.94,
        "predicted_stars": 4.3,
    }],
    "left_out": [
        {"kind": "without", "words": "java", "said": "nothing about java", "items": 150},
    ],
})  # fmt: skip


@extend_schema(tags=["recommendations"])
class Recommendations(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_profile"}
    query_class = RecommendationQuery

    @extend_schema(
        operation_id="recommendations",
        parameters=[RecommendationQuery],
        responses=RecommendationsSerializer,
        examples=[RECOMMENDATIONS_EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> Response:
        """A person's list, made of everything up to this moment; without a history or a model
        a named fallback.
        """
        profile = known_profile(self.catalog, self.params.get("user_id"))
        stated_preferences = {
            "tail": self.params.get("tail"),
            "category": find_category(self.catalog, self.params.get("category")),
            "only_tail": self.params["only_tail"],
        }
        user = user_context_of(profile, self.catalog, page_language=page_language(request))
        found = recommend.recommend_for(
            profile,
            catalog=self.catalog,
            user=user,
            exclude=keys_of(self.catalog, self.params.get("exclude", ())),
            languages=languages_of(self.catalog, self.params.get("language", ())),
            n=self.params["n"],
            calibration=self.params.get("calibration"),
            min_provider_share=self.params.get("min_provider_share"),
            surface=SURFACE,
            record=self.params["record"],
            repeat=self.params["repeat"],
            **stated_preferences,
        )
        answer = {
            **list_of(found, user),
            "tail": self._dial(profile),
            "left_out": found.left_out,
        }
        if self.params["explain"]:
            self._explain(answer, found)
        return Response(_RECOMMENDATIONS.to_representation(answer))

    def _dial(self, profile: Profile | None) -> float:
        return self.catalog.clamp_tail(self.params.get("tail", profile.tail if profile else None))

    def _explain(self, answer: dict[str, Any], found: ItemList) -> None:
        """Add what each score is made of, from the list that was made."""
        answer["trace"] = found.trace
        explained = recommend.explain_list(found, self.catalog)
        for each, explanation in zip(answer["items"], explained, strict=True):
            each["explanation"] = explanation


@only_get
@extend_schema(tags=["recommendations"])
class SimilarItems(ItemDetail):
    """GET finds neighbours; an item whose own id ends in “/similar” comes first, and every other
    method is its own.
    """

    query_class = SimilarQuery

    own_methods = ("GET", "HEAD")

    def is_an_id(self) -> bool:
        return self.catalog.items.filter(external_id=f"{self.kwargs['item_id']}/similar").exists()

    @extend_schema(
        operation_id="items_similar",
        parameters=[SimilarQuery, id_parameter("item_id")],
        responses=ListSerializer,
    )
    def get(self, request: Request, slug: str, item_id: str) -> Response:
        """Items near this one."""
        whole = f"{item_id}/similar"
        if self.catalog.items.filter(external_id=whole).exists():
            return super().get(request, slug, whole)
        return similar(request, find_item(self.catalog, item_id), **self.params)

    def put(self, request: Request, slug: str, item_id: str) -> Response:
        return super().put(request, slug, f"{item_id}/similar")

    def patch(self, request: Request, slug: str, item_id: str) -> Response:
        return super().patch(request, slug, f"{item_id}/similar")

    def delete(self, request: Request, slug: str, item_id: str) -> Response:
        return super().delete(request, slug, f"{item_id}/similar")


@extend_schema(tags=["recommendations"])
class SimilarTo(CatalogAPIView):
    """The same by query: for ids that a path cannot carry, such as one that ends in “/similar”
    itself.
    """

    needs: ClassVar = {"GET": "catalog.view_item"}
    query_class = SimilarToQuery

    @extend_schema(operation_id="similar", parameters=[SimilarToQuery], responses=ListSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Items near the one that the query names."""
        item = find_item(self.catalog, self.params.pop("item_id"))
        return similar(request, item, **self.params)


def similar(
    request: Request,
    item: Item,
    n: int,
    user_id: str | None = None,
    exclude: Sequence[str] = (),
    language: Sequence[str] = (),
) -> Response:
    catalog = item.catalog
    user = user_context_of(
        known_profile(catalog, user_id), catalog, page_language=page_language(request)
    )
    found = recommend.similar_items(
        item,
        n=n,
        user=user,
        exclude=keys_of(catalog, exclude),
        languages=languages_of(catalog, language),
    )
    return Response(_LIST.to_representation(list_of(found, user)))


def page_language(request: Request) -> str | None:
    """The language of the page that asks, if the program says it by Accept-Language."""
    return get_language() if request.headers.get("Accept-Language") else None


def keys_of(catalog: Catalog, item_ids: Sequence[str]) -> list[int]:
    """Keys of the items to leave out; an unknown ID leaves nothing out. No query without IDs."""
    if not item_ids:
        return []
    return list(catalog.items.filter(external_id__in=item_ids).values_list("pk", flat=True))


def known_profile(catalog: Catalog, user_id: str | None) -> Profile | None:
    found = _PROFILE.instances(catalog.pk, user_id) if user_id else []
    return found[0] if found else None


_PROFILE = Statement(
    lambda catalog, user_id: Profile.objects.filter(catalog=catalog, external_id=user_id), int, str
)


def list_of(found: ItemList, user: UserContext) -> dict[str, Any]:
    places = [{"rank": rank, "card": card} for rank, card in enumerate(found.cards, start=1)]
    return {
        "version": found.version and found.version.number,
        "fallback": found.fallback,
        "other_languages": in_other_languages(found.cards, user.reads),
        "items": places,
    }
