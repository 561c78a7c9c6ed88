"""Items that may not be a reason for what a person is shown."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.json_types import Key
from catalog.api.profiles import ProfilePart
from catalog.api.schema import MAY_MAKE_PERSON, id_parameter
from catalog.api.validation import StrictSerializer, rejected
from catalog.models import Item, Profile
from catalog.profiles import excluded_reasons


class ExcludedReasonBody(StrictSerializer):
    item_id = Key(max_length=255)
    excluded = serializers.BooleanField(
        default=True, help_text="false: the item may be a reason again."
    )


class ExcludedReasonSerializer(serializers.Serializer):
    item_id = serializers.CharField(source="item.external_id")
    title = serializers.CharField(source="item.title")
    created_at = serializers.DateTimeField()


class ExcludedReasonListSerializer(serializers.Serializer):
    user_id = serializers.CharField()
    excluded_reasons = ExcludedReasonSerializer(many=True, help_text="Newest first.")


BODY_EXAMPLE = OpenApiExample(
    "a present for somebody else", request_only=True, value={"item_id": "b-1"}
)
LIST_EXAMPLE = OpenApiExample("one item", response_only=True, value={
    "user_id": "ann",
    "excluded_reasons": [
        {"item_id": "b-1", "title": "Python Basics", "created_at": "2026-05-01T09:30:00Z"}
    ],
})  # fmt: skip


@extend_schema(tags=["profiles"], parameters=[id_parameter("user_id")])
class ExcludedReasonList(ProfilePart):
    needs: ClassVar = {
        "GET": "catalog.view_profile",
        "POST": "catalog.add_excludedreason",
        "DELETE": "catalog.delete_excludedreason",
    }
    part = "excluded-reasons"

    @extend_schema(
        operation_id="excluded_reasons_list",
        responses=ExcludedReasonListSerializer,
        examples=[LIST_EXAMPLE],
    )
    def get(self, request: Request, slug: str, user_id: str) -> Response:
        """The items that are no reason for this person's lists."""
        return _shown(self.profile(user_id))

    @extend_schema(
        operation_id="excluded_reasons_create",
        extensions=MAY_MAKE_PERSON,
        request=ExcludedReasonBody,
        responses={200: ExcludedReasonListSerializer, 201: ExcludedReasonListSerializer},
        examples=[BODY_EXAMPLE, LIST_EXAMPLE],
    )
    def post(self, request: Request, slug: str, user_id: str) -> Response:
        """“Not because of this”: 201, or 200 when the item is excluded already.

        What the person did with the item stays recorded, and the item is not recommended again.
        The next list and the next training do not read it. With `"excluded": false` it counts
        again. An unknown `user_id` makes a new profile.
        """
        cleaned = self.body(ExcludedReasonBody)
        item = self._item(cleaned["item_id"])
        if not cleaned["excluded"]:
            return self._take_up(self.profile(user_id), item)
        with transaction.atomic():
            profile = self.profile_made(user_id)
            is_new = excluded_reasons.exclude_reason(profile=profile, item=item)
        return _shown(profile, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(operation_id="excluded_reasons_delete", responses={204: None})
    def delete(self, request: Request, slug: str, user_id: str) -> Response:
        """Let every excluded item count again."""
        excluded_reasons.restore_reason(profile=self.profile(user_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _item(self, item_id: str) -> Item:
        item = self.catalog.items.filter(external_id=item_id).first()
        if item is None:
            raise rejected("item_id", item_id, _("is not in this catalogue"))
        return item

    def _take_up(self, profile: Profile, item: Item) -> Response:
        if not excluded_reasons.restore_reason(profile=profile, item=item):
            raise Http404(_("“%(name)s” is not excluded.") % {"name": item.external_id})
        return _shown(profile)


def _shown(profile: Profile, code: int = status.HTTP_200_OK) -> Response:
    answer = {
        "user_id": profile.external_id,
        "excluded_reasons": excluded_reasons.excluded_reasons_of(profile),
    }
    return Response(ExcludedReasonListSerializer(answer).data, status=code)
