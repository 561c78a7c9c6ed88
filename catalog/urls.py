from django.urls import path

from catalog.views import actions, dial, hidden, history, home, items, search, you
from catalog.views.actions import exclude_reason, rate

app_name = "catalog"
urlpatterns = [
    path("", home.index, name="index"),
    path("you/", you.you, name="you"),
    path("c/<slug:slug>/", home.home, name="home"),
    path("c/<slug:slug>/search/", search.search, name="search"),
    path("c/<slug:slug>/suggest/", search.suggest, name="suggest"),
    path("c/<slug:slug>/rows/<slug:row>/", home.row, name="row"),
    path("c/<slug:slug>/listing/", home.listing, name="listing"),
    path("c/<slug:slug>/dial/", dial.dial, name="dial"),
    path("c/<slug:slug>/history/", history.history, name="history"),
    path("c/<slug:slug>/personal/", you.personal, name="personal"),
    path("c/<slug:slug>/languages/", you.languages, name="languages"),
    path("c/<slug:slug>/items/<int:pk>/", items.item, name="item"),
    path("c/<slug:slug>/items/<int:pk>/act/", actions.act, name="act"),
    path("c/<slug:slug>/items/<int:pk>/stars/", rate, name="rate"),
    path("c/<slug:slug>/items/<int:pk>/exclude-reason/", exclude_reason, name="exclude_reason"),
    path("c/<slug:slug>/items/<int:pk>/menu/", hidden.menu, name="menu"),
    path("c/<slug:slug>/hidden/", hidden.hidden, name="hidden"),
    path("c/<slug:slug>/covers/<int:pk>.svg", items.cover, name="cover"),
]
