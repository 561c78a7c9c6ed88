"""The catalogues that a caller may see."""

from __future__ import annotations

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


@extend_schema(tags=["catalogs"])
class CatalogList(ApiView):
    permission_classes = (MayUseApi,)
    filter_backends = (StrictFilterBackend,)
    filterset_class = NoFilter
    pagination_class = OldestFirst
    serializer_class = CatalogSerializer
    queryset = Catalog.objects.all()

    def get_queryset(self) -> QuerySet[Catalog]:
        key = self.request.auth
        return (
            Catalog.objects.filter(pk=key.catalog_id)
            if isinstance(key, ApiKey)
            else Catalog.objects.all()
        )

    @extend_schema(operation_id="catalogs_list")
    def get(self, request: Request) -> Response:
        """The catalogue of your key; all of them for staff."""
        return self.page(self.get_queryset())


@extend_schema(tags=["catalogs"])
class CatalogDetail(CatalogAPIView):
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
    category = catalog.categories.filter(name=name).first()
    if category is None:
        raise rejected("category", name, _("This catalogue has no such category."))
    return category
