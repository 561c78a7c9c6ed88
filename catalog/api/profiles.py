"""People, by their owner's own ids."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Erasure
from catalog.api.filters import NoFilter, StrictFilterBackend
from catalog.api.pagination import OldestFirst
from catalog.api.schema import id_parameter
from catalog.api.serializers import (
    PastSerializer,
    ProfileChange,
    ProfileDetailSerializer,
    ProfileSerializer,
)
from catalog.api.views import CatalogAPIView
from catalog.models import Catalog, Profile
from catalog.profiles import history, services

HISTORY_SHOWN = 50


@extend_schema(tags=["profiles"])
class ProfileList(CatalogAPIView):
    needs: ClassVar = {"GET": "catalog.view_profile"}
    filter_backends = (StrictFilterBackend,)
    filterset_class = NoFilter
    pagination_class = OldestFirst
    serializer_class = ProfileSerializer
    queryset = Profile.objects.all()

    def get_queryset(self) -> QuerySet[Profile]:
        return Profile.objects.filter(catalog=self.catalog, external_id__isnull=False)

    @extend_schema(operation_id="profiles_list", responses=ProfileSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The profiles with an `external_id`; visitors of the site without one are not listed."""
        return self.page(self.get_queryset())


@extend_schema(tags=["profiles"], parameters=[id_parameter("user_id")])
class ProfileDetail(CatalogAPIView):
    needs: ClassVar = {
        "GET": "catalog.view_profile",
        "PATCH": "catalog.change_profile",
        "DELETE": "catalog.delete_profile",
    }

    @extend_schema(operation_id="profiles_retrieve", responses=ProfileDetailSerializer)
    def get(self, request: Request, slug: str, user_id: str) -> Response:
        """One person, and the history behind their lists."""
        return Response(_shown(find_profile(self.catalog, user_id)))

    @extend_schema(
        operation_id="profiles_update", request=ProfileChange, responses=ProfileDetailSerializer
    )
    def patch(self, request: Request, slug: str, user_id: str) -> Response:
        """Set the tail dial (null: the catalogue's default), or turn personal lists on or off."""
        profile, change = find_profile(self.catalog, user_id), self.body(ProfileChange)
        if "tail" in change:
            services.set_tail(profile=profile, tail=change["tail"])
        if "personal" in change:
            services.set_personal(profile=profile, personal=change["personal"])
        return Response(_shown(profile))

    @extend_schema(operation_id="profiles_delete", responses={204: None})
    def delete(self, request: Request, slug: str, user_id: str) -> Response:
        """Erase a person: profile, events, interests, consents and impressions.

        The live model may contain sums with their events until the next training, which the
        schedule starts within a day.
        """
        services.delete_profile(profile=find_profile(self.catalog, user_id), by=Erasure.By.PROGRAM)
        return Response(status=status.HTTP_204_NO_CONTENT)


def find_profile(catalog: Catalog, user_id: str) -> Profile:
    profile = (
        Profile.objects.filter(catalog=catalog, external_id=user_id)
        .select_related("catalog")
        .first()
    )
    if profile is None:
        raise Http404(_("There is no profile “%(id)s” in this catalogue.") % {"id": user_id})
    return profile


class ProfilePart(CatalogAPIView):
    """An endpoint ``profiles/{user_id}/<part>``.

    If a person's own id ends like this, the address is that person's profile.
    """

    part: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        whole = f"{kwargs['user_id']}/{self.part}"
        if (
            "\x00" not in whole
            and Profile.objects.filter(catalog__slug=kwargs["slug"], external_id=whole).exists()
        ):
            return ProfileDetail.as_view()(request, **{**kwargs, "user_id": whole})
        return super().dispatch(request, *args, **kwargs)

    def profile(self, user_id: str) -> Profile:
        return find_profile(self.catalog, user_id)

    def profile_made(self, user_id: str) -> Profile:
        """The profile of an id, created if it is unknown.

        Call it inside a transaction, so that a rejected request creates no profile.
        """
        profile = services.get_or_create_profile(catalog=self.catalog, external_id=user_id)
        profile.catalog = self.catalog
        return profile


def _shown(profile: Profile) -> dict[str, object]:
    past = history.history(profile, n=HISTORY_SHOWN)
    return {**ProfileSerializer(profile).data, "history": PastSerializer(past, many=True).data}
