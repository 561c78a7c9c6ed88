"""The categories and providers that a person wants in no list."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.profiles import ProfilePart
from catalog.api.schema import MAY_MAKE_PERSON, id_parameter
from catalog.api.validation import StrictSerializer
from catalog.models import Hidden, Profile
from catalog.profiles.hidden import hidden_of, hide, unhide, unhide_all


class HiddenBody(StrictSerializer):
    what = serializers.ChoiceField(choices=Hidden.What.choices)
    value = serializers.CharField(max_length=500, help_text="Name of the category or provider.")
    hidden = serializers.BooleanField(
        default=True, help_text="false: it may appear in lists again."
    )


class HiddenSerializer(serializers.Serializer):
    what = serializers.ChoiceField(choices=Hidden.What.choices)
    value = serializers.CharField()
    created_at = serializers.DateTimeField()


class HiddenListSerializer(serializers.Serializer):
    user_id = serializers.CharField()
    hidden = HiddenSerializer(many=True, help_text="Newest first.")


HIDDEN_EXAMPLE = OpenApiExample(
    "a category", request_only=True, value={"what": "category", "value": "Mugs"}
)


@extend_schema(tags=["profiles"], parameters=[id_parameter("user_id")])
class HiddenList(ProfilePart):
    needs: ClassVar = {
        "GET": "catalog.view_profile",
        "POST": "catalog.add_hidden",
        "DELETE": "catalog.delete_hidden",
    }
    part = "hidden"

    @extend_schema(operation_id="hidden_list", responses=HiddenListSerializer)
    def get(self, request: Request, slug: str, user_id: str) -> Response:
        """The categories and providers that are hidden from this person."""
        return _shown(self.profile(user_id))

    @extend_schema(
        operation_id="hidden_create",
        extensions=MAY_MAKE_PERSON,
        request=HiddenBody,
        responses={200: HiddenListSerializer, 201: HiddenListSerializer},
        examples=[HIDDEN_EXAMPLE],
    )
    def post(self, request: Request, slug: str, user_id: str) -> Response:
        """Hide a category or a provider: 201, or 200 when it is hidden already.

        It applies to the next list. With `"hidden": false` it is shown again. An unknown `user_id`
        makes a new profile.
        """
        cleaned = self.body(HiddenBody)
        if not cleaned.pop("hidden"):
            return self._bring_back(self.profile(user_id), cleaned)
        with transaction.atomic():
            profile = self.profile_made(user_id)
            _row, is_new = hide(profile=profile, **cleaned)
        return _shown(profile, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(operation_id="hidden_delete", responses={204: None})
    def delete(self, request: Request, slug: str, user_id: str) -> Response:
        """Show everything that the person has hidden again."""
        unhide_all(profile=self.profile(user_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _bring_back(self, profile: Profile, cleaned: dict[str, str]) -> Response:
        if not unhide(profile=profile, **cleaned):
            raise Http404(_("“%(name)s” is not hidden.") % {"name": cleaned["value"]})
        return _shown(profile)


def _shown(profile: Profile, code: int = status.HTTP_200_OK) -> Response:
    answer = {"user_id": profile.external_id, "hidden": hidden_of(profile)}
    return Response(HiddenListSerializer(answer).data, status=code)
