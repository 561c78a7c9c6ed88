from django.urls import path

from catalog import hiding_views, history_views, item_views, search_views, views

app_name = "catalog"
urlpatterns = [
    path("", views.index, name="index"),
    path("you/", views.you, name="you"),
    path("c/<slug:slug>/", views.home, name="home"),
    path("c/<slug:slug>/search/", search_views.search, name="search"),
    path("c/<slug:slug>/suggest/", search_views.suggest, name="suggest"),
    path("c/<slug:slug>/rows/<slug:row>/", views.row, name="row"),
    path("c/<slug:slug>/listing/", views.listing, name="listing"),
    path("c/<slug:slug>/dial/", views.dial, name="dial"),
    path("c/<slug:slug>/history/", history_views.history, name="history"),
    path("c/<slug:slug>/personal/", views.personal, name="personal"),
    path("c/<slug:slug>/items/<int:pk>/", views.item, name="item"),
    path("c/<slug:slug>/items/<int:pk>/act/", views.act, name="act"),
    path("c/<slug:slug>/items/<int:pk>/stars/", item_views.rate, name="rate"),
    path("c/<slug:slug>/items/<int:pk>/aside/", item_views.aside, name="aside"),
    path("c/<slug:slug>/items/<int:pk>/menu/", hiding_views.menu, name="menu"),
    path("c/<slug:slug>/hidden/", hiding_views.hidden, name="hidden"),
    path("c/<slug:slug>/covers/<int:pk>.svg", views.cover, name="cover"),
]
