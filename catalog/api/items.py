"""Items, by their owner's own ids."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import item_queries
from catalog.api.bulk import bulk_answer
from catalog.api.filters import ItemFilter, StrictFilterBackend
from catalog.api.pagination import OldestFirst
from catalog.api.schema import BULK_RESPONSES, ITEM_EXAMPLE, ITEMS_EXAMPLE, id_parameter, only_post
from catalog.api.serializers import (
    ItemBody,
    ItemChange,
    ItemRows,
    ItemSerializer,
    ItemWithState,
)
from catalog.api.validation import invalid
from catalog.api.views import CatalogAPIView
from catalog.ingestion import bulk_writes
from catalog.ingestion.items import delete_item
from catalog.models import Catalog, Item
from catalog.validation.field_readers import read_key
from catalog.validation.shop_fields import EMPTY as SHOP_FIELDS
from config.errors import AppError

#: The values of fields that a PUT leaves out.
EMPTY: dict[str, Any] = {
    "title": "", "description": "", "categories": [], "provider": "", "language": "",
    "attributes": {},
    "available": True,
    **SHOP_FIELDS,
}  # fmt: skip


@extend_schema(tags=["items"])
class ItemList(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_item", "POST": "catalog.add_item"}
    filter_backends = (StrictFilterBackend,)
    filterset_class = ItemFilter
    pagination_class = OldestFirst
    serializer_class = ItemSerializer
    queryset = Item.objects.all()

    def get_queryset(self) -> QuerySet[Item]:
        return item_queries.with_categories(Item.objects.filter(catalog=self.catalog))

    @extend_schema(operation_id="items_list", responses=ItemSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """All items, first recorded first."""
        return self.page(self.get_queryset())

    @extend_schema(
        operation_id="items_create",
        request=ItemBody,
        responses={201: ItemWithState},
        examples=[ITEM_EXAMPLE],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add an item; 409 when an item with this id exists."""
        row = self.row(ItemBody)
        item, _created = write_item(self.catalog, row, must_be_new=True)
        headers = {"Location": self.address("items", item.external_id)}
        return Response(ItemWithState(item).data, status=status.HTTP_201_CREATED, headers=headers)


@extend_schema(tags=["items"], parameters=[id_parameter("item_id")])
class ItemDetail(CatalogAPIView):
    needs: ClassVar = {
        "GET": "catalog.view_item",
        "PUT": "catalog.change_item",
        "PATCH": "catalog.change_item",
        "DELETE": "catalog.delete_item",
    }

    @extend_schema(operation_id="items_retrieve", responses=ItemWithState)
    def get(self, request: Request, slug: str, item_id: str) -> Response:
        """One item, available or not; `state` says whether lists may hold it, and if not, why."""
        return Response(ItemWithState(find_item(self.catalog, item_id)).data)

    @extend_schema(
        operation_id="items_replace",
        request=ItemChange,
        responses={200: ItemWithState, 201: ItemWithState},
        examples=[ITEM_EXAMPLE],
    )
    def put(self, request: Request, slug: str, item_id: str) -> Response:
        """Create or replace an item; fields that the body leaves out are emptied."""
        item, created = write_item(
            self.catalog, {**EMPTY, **self.row(ItemChange), "item_id": item_id}
        )
        return Response(ItemWithState(item).data, status=201 if created else 200)

    @extend_schema(operation_id="items_update", request=ItemChange, responses=ItemWithState)
    def patch(self, request: Request, slug: str, item_id: str) -> Response:
        """Change some fields; fields that the body leaves out stay."""
        item = find_item(self.catalog, item_id)
        item, _created = write_item(
            self.catalog, {**self.row(ItemChange), "item_id": item.external_id}
        )
        return Response(ItemWithState(item).data)

    @extend_schema(operation_id="items_delete", responses={204: None})
    def delete(self, request: Request, slug: str, item_id: str) -> Response:
        """Delete an item with all its interactions. To retain those, set `available` to false."""
        delete_item(item=find_item(self.catalog, item_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


@only_post
@extend_schema(tags=["items"])
class ItemBulk(ItemDetail):
    """POST writes many. The other methods are for an item with the id “bulk”."""

    needs: ClassVar = {**ItemDetail.needs, "POST": "catalog.change_item"}

    own_methods = ("POST",)

    def is_an_id(self) -> bool:
        return self.catalog.items.filter(external_id="bulk").exists()

    @extend_schema(
        operation_id="items_bulk",
        request=ItemRows,
        responses=BULK_RESPONSES,
        examples=[ITEMS_EXAMPLE],
    )
    def post(self, request: Request, slug: str, item_id: str) -> Response:
        """Add or change up to 10,000 items: good rows are written, bad rows are listed."""
        rows = self.body(ItemRows)["items"]
        return bulk_answer(bulk_writes.upsert_items, self.catalog, rows, body=ItemBody)


def find_item(catalog: Catalog, item_id: str) -> Item:
    item = item_queries.with_categories(
        Item.objects.filter(catalog=catalog, external_id=item_id)
    ).first()
    if item is None:
        raise Http404(_("There is no item “%(id)s” in this catalogue.") % {"id": item_id})
    return item


@transaction.atomic
def write_item(
    catalog: Catalog, row: dict[str, Any], *, must_be_new: bool = False
) -> tuple[Item, bool]:
    """Write one item with the bulk service.

    If it must be new, overwriting an item is rolled back, so that there is no race.
    """
    result = bulk_writes.upsert_items(catalog=catalog, rows=[row])
    if result.errors:
        raise invalid(
            [
                {"field": error.field, "value": error.value, "reason": error.reason}
                for error in result.errors
            ]
        )
    if must_be_new and not result.created:
        message = _("item_id: the item “%(id)s” already exists. Use PUT or PATCH to change it.") % {
            "id": row["item_id"]
        }
        raise AppError("item_exists", message, 409)
    return find_item(catalog, read_key("item_id", row["item_id"])), bool(result.created)
