from django.urls import path

from accounts.views import theme

app_name = "accounts"
urlpatterns = [
    path("theme/", theme.theme, name="theme"),
]
