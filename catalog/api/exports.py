"""Exports a person's data for the catalogue owner's program."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.privacy.export import as_document
from catalog.api.profiles import ProfilePart
from catalog.api.schema import id_parameter
from catalog.privacy.personal_data import place_of

EXAMPLE = OpenApiExample("an export", response_only=True, value={
    "user_id": "ann", "exported_at": "2026-05-01T09:30:00Z", "title": "Gift shop",
    "profile": [{"id": 7, "external_id": "ann", "tail": 0.6, "personal": True}],
    "events": [
        {"item": "b-1", "title": "Python Basics", "kind": "take", "value": None, "event_id": "o-1"}
    ],
    "interests": [],
    "shown": [{"item": "b-2", "surface": "for_you", "position": 1, "sources": ["history"]}],
})  # fmt: skip


@extend_schema(tags=["profiles"], parameters=[id_parameter("user_id")])
class ProfileExport(ProfilePart):
    needs: ClassVar = {"GET": "recommender.view_healthanswers"}
    part = "export"

    @extend_schema(
        operation_id="profiles_export", responses=OpenApiTypes.OBJECT, examples=[EXAMPLE]
    )
    def get(self, request: Request, slug: str, user_id: str) -> Response:
        """All data of the person in this catalogue: every column of every row, by kind."""
        place = place_of(self.profile(user_id))
        document = as_document([place])
        return Response(
            {
                "user_id": user_id,
                "exported_at": document["exported_at"],
                **document["places"][place.key],
            }
        )
