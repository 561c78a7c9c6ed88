"""Endpoints of the catalogue. Ids are the owner's own and may contain slashes."""

from django.urls import path

from catalog.api.catalogs import CatalogDetail, CatalogList
from catalog.api.excluded_reasons import ExcludedReasonList
from catalog.api.exports import ProfileExport
from catalog.api.hidden import HiddenList
from catalog.api.interactions import InteractionBulk, InteractionDetail, InteractionList
from catalog.api.items import ItemBulk, ItemDetail, ItemList
from catalog.api.profiles import ProfileDetail, ProfileList
from catalog.api.search import Search
from catalog.api.vectors import VectorBulk, VectorKindDetail, VectorKinds

urlpatterns = [
    path("catalogs/", CatalogList.as_view(), name="api-catalogs"),
    path("catalogs/<slug:slug>/", CatalogDetail.as_view(), name="api-catalog"),
    path("catalogs/<slug:slug>/search", Search.as_view(), name="api-search"),
    path("catalogs/<slug:slug>/items", ItemList.as_view(), name="api-items"),
    path("catalogs/<slug:slug>/items/bulk", ItemBulk.as_view(), {"item_id": "bulk"}),
    path("catalogs/<slug:slug>/items/<path:item_id>", ItemDetail.as_view()),
    path("catalogs/<slug:slug>/vectors", VectorKinds.as_view(), name="api-vectors"),
    path("catalogs/<slug:slug>/vectors/bulk", VectorBulk.as_view(), {"name": "bulk"}),
    path("catalogs/<slug:slug>/vectors/<str:name>", VectorKindDetail.as_view()),
    path("catalogs/<slug:slug>/profiles", ProfileList.as_view(), name="api-profiles"),
    path("catalogs/<slug:slug>/profiles/<path:user_id>/export", ProfileExport.as_view()),
    path("catalogs/<slug:slug>/profiles/<path:user_id>/hidden", HiddenList.as_view()),
    path(
        "catalogs/<slug:slug>/profiles/<path:user_id>/excluded-reasons",
        ExcludedReasonList.as_view(),
    ),
    path("catalogs/<slug:slug>/profiles/<path:user_id>", ProfileDetail.as_view()),
    path("catalogs/<slug:slug>/interactions", InteractionList.as_view(), name="api-interactions"),
    path("catalogs/<slug:slug>/interactions/bulk", InteractionBulk.as_view(), {"event_id": "bulk"}),
    path("catalogs/<slug:slug>/interactions/<path:event_id>", InteractionDetail.as_view()),
]
