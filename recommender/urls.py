from django.urls import path

from recommender import views

app_name = "recommender"
urlpatterns = [
    path("c/<slug:slug>/", views.home, name="home"),
    path("c/<slug:slug>/items/<int:pk>/", views.item, name="item"),
    path("c/<slug:slug>/items/<int:pk>/why/", views.why, name="why"),
]
