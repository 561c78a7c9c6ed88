from django.urls import path

from accounts import privacy_views

app_name = "privacy"
urlpatterns = [
    path("", privacy_views.centre, name="centre"),
    path("export/", privacy_views.export, name="export"),
    path("withdraw/", privacy_views.withdraw, name="withdraw"),
    path("erase/", privacy_views.erase, name="erase"),
]
