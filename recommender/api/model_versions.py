"""The API of model versions: reading, promoting, rolling back."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.filters import NoFilter, StrictFilterBackend
from catalog.api.pagination import NewestFirst
from catalog.api.validation import NoParameters
from catalog.api.views import CatalogAPIView
from catalog.models import Catalog
from recommender.api.serializers import VersionDetailSerializer, VersionSerializer
from recommender.models import ModelVersion
from recommender.training import run_queries, versions


@extend_schema(tags=["model versions"])
class VersionList(CatalogAPIView):
    needs: ClassVar = {"GET": "recommender.view_modelversion"}
    filter_backends = (StrictFilterBackend,)
    filterset_class = NoFilter
    pagination_class = NewestFirst
    serializer_class = VersionSerializer
    queryset = ModelVersion.objects.all()

    def get_queryset(self) -> QuerySet[ModelVersion]:
        return run_queries.versions(self.catalog)

    @extend_schema(operation_id="model_versions_list", responses=VersionSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All versions, the newest first."""
        return self.page(self.get_queryset())


@extend_schema(tags=["model versions"])
class VersionDetail(CatalogAPIView):
    needs: ClassVar = {"GET": "recommender.view_modelversion"}

    @extend_schema(operation_id="model_versions_retrieve", responses=VersionDetailSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """One version with its measures, beside those of the live version of then and of plain
        item-kNN.
        """
        return Response(VersionDetailSerializer(find_version(self.catalog, number)).data)


@extend_schema(tags=["model versions"])
class Promote(CatalogAPIView):
    needs: ClassVar = {"POST": "recommender.change_modelversion"}

    @extend_schema(
        operation_id="model_versions_promote", request=None, responses=VersionDetailSerializer
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Make this version the live one, whatever its gate said."""
        self.body(NoParameters)
        version = versions.promote(version=find_version(self.catalog, number))
        return Response(VersionDetailSerializer(version).data)


@extend_schema(tags=["model versions"])
class RollBack(CatalogAPIView):
    needs: ClassVar = {"POST": "recommender.change_modelversion"}

    @extend_schema(
        operation_id="model_versions_roll_back", request=None, responses=VersionDetailSerializer
    )
    def post(self, request: Request, slug: str) -> Response:
        """Make the former live version live again; 409 when there is none."""
        self.body(NoParameters)
        return Response(VersionDetailSerializer(versions.roll_back(catalog=self.catalog)).data)


def find_version(catalog: Catalog, number: int) -> ModelVersion:
    version = run_queries.versions(catalog).filter(number=number).first()
    if version is None:
        raise Http404(
            _("There is no model version %(number)s in this catalogue.") % {"number": number}
        )
    return version
