"""Lists for people, and items near an item."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.catalogs import find_category
from catalog.api.items import ItemDetail, find_item
from catalog.api.schema import id_parameter, only_get
from catalog.api.views import CatalogAPIView
from catalog.models import Catalog, Item, Profile
from recommender.api.serializers import (
    ListSerializer,
    RecommendationQuery,
    RecommendationsSerializer,
    SimilarQuery,
    SimilarToQuery,
)
from recommender.serving import recommend
from recommender.serving.item_lists import ItemList
from recommender.serving.user_context import user_context_of

SURFACE = "api"

RECOMMENDATIONS_EXAMPLE = OpenApiExample("one place", response_only=True, value={
    "version": 3,
    "fallback": None,
    "tail": 0.5,
    "items": [{
        "item_id": "b-2", "title": "数据分析入门", "rank": 1, "score": 4.71,
        "sources": ["history", "text"],
        "reason": "People chose this after “Python Basics”",
        "people": 3, "popularity_rank": 0.94,
        "predicted_stars": 4.3,
    }],
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
        found = recommend.recommend_for(
            profile,
            catalog=self.catalog,
            n=self.params["n"],
            calibration=self.params.get("calibration"),
            min_provider_share=self.params.get("min_provider_share"),
            surface=SURFACE,
            record=self.params["record"],
            **stated_preferences,
        )
        answer = {**list_of(found), "tail": self._dial(profile)}
        if self.params["explain"]:
            self._explain(answer, found)
        return Response(RecommendationsSerializer(answer).data)

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
        return similar(find_item(self.catalog, item_id), **self.params)

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
        return similar(find_item(self.catalog, self.params.pop("item_id")), **self.params)


def similar(item: Item, n: int, user_id: str | None = None) -> Response:
    profile = known_profile(item.catalog, user_id)
    user = user_context_of(profile, item.catalog) if profile is not None else None
    return Response(ListSerializer(list_of(recommend.similar_items(item, n=n, user=user))).data)


def known_profile(catalog: Catalog, user_id: str | None) -> Profile | None:
    return Profile.objects.filter(catalog=catalog, external_id=user_id).first() if user_id else None


def list_of(found: ItemList) -> dict[str, Any]:
    places = [{"rank": rank, "card": card} for rank, card in enumerate(found.cards, start=1)]
    return {
        "version": found.version and found.version.number,
        "fallback": found.fallback,
        "items": places,
    }
