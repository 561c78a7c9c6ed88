"""The owner's own vectors of items: pictures, sounds, or anything else as numbers."""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.bulk import bulk_answer
from catalog.api.json_types import Key, Rows
from catalog.api.schema import BULK_RESPONSES, only_post
from catalog.api.validation import StrictSerializer
from catalog.api.views import CatalogAPIView
from catalog.ingestion.batches import MAX_ROWS
from catalog.ingestion.item_vectors import MAX_NUMBERS, delete_vectors, record_vectors, vector_kinds

EXAMPLE = OpenApiExample("two pictures", request_only=True, value={
    "vectors": [
        {"item_id": "b-1", "name": "picture", "vector": [0.12, -0.4, 0.93]},
        {"item_id": "b-2", "name": "picture", "vector": [0.7, 0.1, 0.02]},
    ],
})  # fmt: skip


class VectorKindSerializer(serializers.Serializer):
    name = serializers.CharField()
    dimension = serializers.IntegerField(help_text="Length of the vectors, set by the first one.")
    items = serializers.IntegerField(help_text="Number of items with a vector of this name.")


class VectorBody(StrictSerializer):
    """The numbers are checked by the service."""

    item_id = Key(max_length=255)
    name = serializers.CharField()
    vector = serializers.JSONField(allow_null=True, help_text="null deletes.")


class VectorRows(StrictSerializer):
    """Rows are checked one by one later, so that a bad row does not reject the good ones."""

    vectors = Rows(
        body=VectorBody,
        help_text=f"At most {MAX_ROWS} rows of `item_id`, `name` and `vector` (1 to {MAX_NUMBERS} "
        "numbers; null deletes).",
    )


@extend_schema(tags=["vectors"])
class VectorKinds(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_itemvector"}

    @extend_schema(operation_id="vectors_list", responses=VectorKindSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The names of the catalogue's vectors."""
        return Response(VectorKindSerializer(vector_kinds(self.catalog), many=True).data)


@extend_schema(tags=["vectors"])
class VectorKindDetail(CatalogAPIView):
    needs: ClassVar = {"DELETE": "catalog.delete_itemvector"}

    @extend_schema(operation_id="vectors_delete", responses={204: None})
    def delete(self, request: Request, slug: str, name: str) -> Response:
        """Delete all vectors of a name; new ones may have another length."""
        if not delete_vectors(catalog=self.catalog, name=name):
            raise Http404(_("This catalogue has no vectors named “%(name)s”.") % {"name": name})
        return Response(status=status.HTTP_204_NO_CONTENT)


@only_post
@extend_schema(tags=["vectors"])
class VectorBulk(VectorKindDetail):
    """POST writes many. DELETE is for vectors with the name “bulk”."""

    needs: ClassVar = {**VectorKindDetail.needs, "POST": "catalog.change_itemvector"}

    own_methods = ("POST",)

    def is_an_id(self) -> bool:
        return any(kind.name == "bulk" for kind in vector_kinds(self.catalog))

    @extend_schema(
        operation_id="vectors_bulk",
        request=VectorRows,
        responses=BULK_RESPONSES,
        examples=[EXAMPLE],
    )
    def post(self, request: Request, slug: str, name: str) -> Response:
        """Write vectors of items: good rows are written, bad ones are listed.

        The next training reads them.
        """
        return bulk_answer(
            record_vectors, self.catalog, self.body(VectorRows)["vectors"], body=VectorBody
        )
