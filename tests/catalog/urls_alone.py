"""All routes of a site without the recommender."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerView

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("privacy/", include("accounts.privacy.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/docs/", SpectacularSwaggerView.as_view(), name="api-docs"),
    path("", include("catalog.urls")),
]
