"""The API, version 1, and its description."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from catalog.api.views import UnknownRoute

urlpatterns = [
    path("v1/", include("recommender.api.urls")),
    path("v1/", include("catalog.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    re_path("", UnknownRoute.as_view(), name="api-unknown"),
]
