"""Interactions, posted one by one or in bulk; each event id is stored once."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.bulk import bulk_answer
from catalog.api.filters import InteractionFilter, StrictFilterBackend
from catalog.api.pagination import NewestFirst
from catalog.api.schema import (
    BULK_RESPONSES,
    INTERACTION_EXAMPLE,
    INTERACTIONS_EXAMPLE,
    MAY_MAKE_PERSON,
    id_parameter,
    only_post,
)
from catalog.api.serializers import InteractionBody, InteractionRows, InteractionSerializer
from catalog.api.validation import rejected
from catalog.api.views import CatalogAPIView
from catalog.ingestion import bulk_writes
from catalog.interactions.record import delete_interaction, record_interaction
from catalog.models import Catalog, Interaction
from catalog.profiles import services
from catalog.validation.event_values import row_reader
from catalog.validation.field_readers import BadField
from config.errors import AppError, invalid_field
from config.metrics import count_not_recorded


@extend_schema(tags=["interactions"])
class InteractionList(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_interaction", "POST": "catalog.add_interaction"}
    filter_backends = (StrictFilterBackend,)
    filterset_class = InteractionFilter
    pagination_class = NewestFirst
    serializer_class = InteractionSerializer
    queryset = Interaction.objects.all()

    def get_queryset(self) -> QuerySet[Interaction]:
        return Interaction.objects.filter(catalog=self.catalog).select_related("profile", "item")

    @extend_schema(operation_id="interactions_list", responses=InteractionSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The log, last recorded first."""
        return self.page(self.get_queryset())

    @extend_schema(
        operation_id="interactions_create",
        extensions=MAY_MAKE_PERSON,
        request=InteractionBody,
        responses={201: InteractionSerializer, 200: InteractionSerializer},
        examples=[INTERACTION_EXAMPLE],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Record one event: 201, or 200 when its `event_id` is known.

        It applies to the next list.
        """
        try:
            interaction, created = self._record()
        except (APIException, AppError):
            count_not_recorded(self.catalog.slug, "refused")
            raise
        answer = InteractionSerializer(interaction).data
        return Response(answer, status=status.HTTP_201_CREATED if created else status.HTTP_200_OK)

    def _record(self) -> tuple[Interaction, bool]:
        row = self._read(self.row(InteractionBody))
        item = self.catalog.items.filter(external_id=row.pop("item_id")).first()
        if item is None:
            raise rejected("item_id", self.request.data["item_id"], _("is not in this catalogue"))
        profile = services.get_or_create_profile(
            catalog=self.catalog, external_id=row.pop("user_id")
        )
        return record_interaction(profile=profile, item=item, **row)

    def _read(self, row: dict[str, Any]) -> dict[str, Any]:
        try:
            return row_reader(self.catalog, timezone.now())(row)._asdict()
        except BadField as error:
            raise invalid_field(error.field, error.value, error.reason) from None


@extend_schema(tags=["interactions"], parameters=[id_parameter("event_id")])
class InteractionDetail(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_interaction", "DELETE": "catalog.delete_interaction"}

    @extend_schema(operation_id="interactions_retrieve", responses=InteractionSerializer)
    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """One event by its event id."""
        return Response(InteractionSerializer(find_interaction(self.catalog, event_id)).data)

    @extend_schema(operation_id="interactions_delete", responses={204: None})
    def delete(self, request: Request, slug: str, event_id: str) -> Response:
        """Delete an event."""
        delete_interaction(interaction=find_interaction(self.catalog, event_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


@only_post
@extend_schema(tags=["interactions"])
class InteractionBulk(InteractionDetail):
    """POST writes many. The other methods are for an event with the id “bulk”."""

    needs: ClassVar = {**InteractionDetail.needs, "POST": "catalog.add_interaction"}

    own_methods = ("POST",)

    def is_an_id(self) -> bool:
        return self.catalog.interactions.filter(event_id="bulk").exists()

    @extend_schema(
        operation_id="interactions_bulk",
        request=InteractionRows,
        responses=BULK_RESPONSES,
        examples=[INTERACTIONS_EXAMPLE],
    )
    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Record up to 10,000 events.

        Good rows are written, bad rows are listed, known event ids are counted.
        """
        sent = self.body(InteractionRows)
        write = partial(bulk_writes.record_interactions, create_items=sent["create_items"])
        note_rejected = partial(count_not_recorded, self.catalog.slug, "refused")
        return bulk_answer(
            write,
            self.catalog,
            sent["interactions"],
            body=InteractionBody,
            note_rejected=note_rejected,
        )


def find_interaction(catalog: Catalog, event_id: str) -> Interaction:
    rows = Interaction.objects.filter(catalog=catalog, event_id=event_id).select_related(
        "profile", "item"
    )
    if (interaction := rows.first()) is None:
        raise Http404(_("There is no interaction with the event ID “%(id)s”.") % {"id": event_id})
    return interaction
