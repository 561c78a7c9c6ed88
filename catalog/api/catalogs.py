"""The catalogues that a caller may see."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.filters import NoFilter, StrictFilterBackend
from catalog.api.pagination import OldestFirst
from catalog.api.permissions import MayUseApi
from catalog.api.serializers import CatalogSerializer
from catalog.api.validation import rejected
from catalog.api.views import ApiView, CatalogAPIView
from catalog.models import ApiKey, Catalog, Category
from catalog.models.category_paths import path_of
from catalog.policy.policy import catalogs_for


@extend_schema(tags=["catalogs"])
class CatalogList(ApiView):
    needs: ClassVar = {"GET": "catalog.view_catalog"}
    permission_classes = (MayUseApi,)
    filter_backends = (StrictFilterBackend,)
    filterset_class = NoFilter
    pagination_class = OldestFirst
    serializer_class = CatalogSerializer
    queryset = Catalog.objects.all()

    def get_queryset(self) -> QuerySet[Catalog]:
        key = self.request.auth
        if isinstance(key, ApiKey):
            return Catalog.objects.filter(pk=key.catalog_id)
        return catalogs_for(self.request.user, self.needs["GET"])

    @extend_schema(operation_id="catalogs_list", responses=CatalogSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The catalogue of your key; for staff those that they may see."""
        return self.page(self.get_queryset())


@extend_schema(tags=["catalogs"])
class CatalogDetail(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_catalog"}

    @extend_schema(operation_id="catalogs_retrieve", responses=CatalogSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One catalogue and its settings."""
        return Response(CatalogSerializer(self.catalog).data)


def find_category(catalog: Catalog, name: str | None) -> Category | None:
    """The category with this name; None when no name is given.

    Raises:
        AppError: when the catalogue has no such category.
    """
    if name is None:
        return None
    try:
        category = catalog.categories.filter(name=path_of(name)).first()
    except ValueError:
        category = None
    if category is None:
        raise rejected("category", name, _("This catalogue has no such category."))
    return category
