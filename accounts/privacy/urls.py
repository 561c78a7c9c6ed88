from django.urls import path

from accounts.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.centre, name="centre"),
    path("export/", views.export, name="export"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("erase/", views.erase, name="erase"),
]
