"""All routes."""

from django.contrib import admin
from django.urls import include, path

from accounts.sign_on.views import callback, no_page, start
from accounts.views.password_reset import PasswordReset
from config.metrics_page import metrics
from config.views import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    # Before allauth, whose addresses and names they have.
    path("accounts/password/reset/", PasswordReset.as_view(), name="account_reset_password"),
    path("accounts/3rdparty/", no_page),
    path("accounts/3rdparty/signup/", no_page),
    path("accounts/oidc/<provider_id>/login/", start, name="openid_connect_login"),
    path("accounts/oidc/<provider_id>/login/callback/", callback, name="openid_connect_callback"),
    path("accounts/", include("allauth.urls")),
    path("privacy/", include("accounts.privacy.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("config.api_urls")),
    path("metrics", metrics, name="metrics"),
    path("", include("recommender.urls")),
    path("", include("catalog.urls")),
]

handler400 = "config.views.bad_request"
handler500 = "config.views.server_error"
