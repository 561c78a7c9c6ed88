"""The API of training runs: requesting one and reading its progress."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.filters import NoFilter, StrictFilterBackend
from catalog.api.pagination import NewestFirst
from catalog.api.validation import NoParameters
from catalog.api.views import CatalogAPIView
from catalog.models import Catalog
from recommender.api.serializers import TrainingRequest, TrainingRunSerializer
from recommender.models import TrainingRun
from recommender.training import run_queries, runs


@extend_schema(tags=["training"])
class TrainingRunList(CatalogAPIView):
    needs: ClassVar = {
        "GET": "recommender.view_trainingrun",
        "POST": "recommender.add_trainingrun",
    }
    filter_backends = (StrictFilterBackend,)
    filterset_class = NoFilter
    pagination_class = NewestFirst
    serializer_class = TrainingRunSerializer
    queryset = TrainingRun.objects.all()

    def get_queryset(self) -> QuerySet[TrainingRun]:
        return run_queries.runs(self.catalog)

    @extend_schema(operation_id="training_runs_list", responses=TrainingRunSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All runs, the newest first."""
        return self.page(self.get_queryset())

    @extend_schema(
        operation_id="training_runs_create",
        request=TrainingRequest,
        responses={202: TrainingRunSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Queue a run; its address is in Location. 409 when one waits already."""
        user = request.user if request.user.is_authenticated else None
        cleaned = self.body(TrainingRequest)
        run = runs.request_training(
            catalog=self.catalog, trigger=TrainingRun.Trigger.API, user=user, **cleaned
        )
        run = run_queries.runs(self.catalog).get(pk=run.pk)
        headers = {"Location": self.address("training-runs", run.pk)}
        return Response(
            TrainingRunSerializer(run).data, status=status.HTTP_202_ACCEPTED, headers=headers
        )


@extend_schema(tags=["training"])
class TrainingRunDetail(CatalogAPIView):
    needs: ClassVar = {"GET": "recommender.view_trainingrun"}

    @extend_schema(operation_id="training_runs_retrieve", responses=TrainingRunSerializer)
    def get(self, request: Request, slug: str, run_id: int) -> Response:
        """One run: its state, stage, fraction done and the seconds left."""
        return Response(TrainingRunSerializer(find_run(self.catalog, run_id)).data)


def find_run(catalog: Catalog, run_id: int) -> TrainingRun:
    run = run_queries.runs(catalog).filter(pk=run_id).first()
    if run is None:
        raise Http404(_("There is no training run %(id)s in this catalogue.") % {"id": run_id})
    return run


@extend_schema(tags=["training"])
class CancelRun(CatalogAPIView):
    needs: ClassVar = {"POST": "recommender.add_trainingrun"}

    @extend_schema(
        operation_id="training_runs_cancel", request=None, responses=TrainingRunSerializer
    )
    def post(self, request: Request, slug: str, run_id: int) -> Response:
        """Cancel a run that waits or runs; its process ends within seconds. 409 when it is over."""
        self.body(NoParameters)
        run = runs.cancel_run(run_id=find_run(self.catalog, run_id).pk)
        return Response(TrainingRunSerializer(find_run(self.catalog, run.pk)).data)
