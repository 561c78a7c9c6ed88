"""The API of interest texts."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.profiles import ProfilePart
from catalog.api.schema import MAY_MAKE_PERSON, id_parameter
from recommender.api.interest_serializers import (
    InterestsChange,
    InterestsReplacement,
    InterestsSerializer,
    shown,
)
from recommender.interests import interest_texts

CHANGE_EXAMPLE = OpenApiExample("own words", request_only=True, value={
    "text": "small presents for a friend who paints",
    "add": [{"word": "nail art", "weight": 0.8}],
    "delete": ["clock"],
})  # fmt: skip


@extend_schema(tags=["interests"], parameters=[id_parameter("user_id")])
class Interests(ProfilePart):
    needs: ClassVar = {
        "GET": "recommender.view_interesttext",
        "PUT": "recommender.change_interesttext",
        "PATCH": "recommender.change_interesttext",
        "DELETE": "recommender.delete_interesttext",
    }
    part = "interests"

    @extend_schema(operation_id="interests_retrieve", responses=InterestsSerializer)
    def get(self, request: Request, slug: str, user_id: str) -> Response:
        """The person's words, the sentence and what they said themselves, as of now."""
        return Response(shown(interest_texts.current_interest_text(profile=self.profile(user_id))))

    @extend_schema(
        operation_id="interests_replace",
        extensions=MAY_MAKE_PERSON,
        request=InterestsReplacement,
        responses=InterestsSerializer,
    )
    def put(self, request: Request, slug: str, user_id: str) -> Response:
        """Replace the person's own part; an unknown `user_id` makes a new profile. The next list is
        made with it.
        """
        fields = self.body(InterestsReplacement)
        with transaction.atomic():
            row = interest_texts.replace_interest_text(profile=self.profile_made(user_id), **fields)
        return Response(shown(row))

    @extend_schema(
        operation_id="interests_update",
        extensions=MAY_MAKE_PERSON,
        request=InterestsChange,
        responses=InterestsSerializer,
        examples=[CHANGE_EXAMPLE],
    )
    def patch(self, request: Request, slug: str, user_id: str) -> Response:
        """Add, pin, delete, mute words or set the typed text; an unknown `user_id` makes a new
        profile.

        The next list is made with it.
        """
        change = self.body(InterestsChange)
        with transaction.atomic():
            row = interest_texts.edit_interest_text(profile=self.profile_made(user_id), **change)
        return Response(shown(row))

    @extend_schema(operation_id="interests_delete", responses={204: None})
    def delete(self, request: Request, slug: str, user_id: str) -> Response:
        """Forget what the person typed, chose and muted; what they did stays."""
        interest_texts.forget_interest_text(profile=self.profile(user_id))
        return Response(status=status.HTTP_204_NO_CONTENT)
