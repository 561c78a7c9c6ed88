from django.urls import path

from recommender.views import home, interests, onboarding, steering, transparency

app_name = "recommender"
urlpatterns = [
    path("c/<slug:slug>/", home.home, name="home"),
    path("c/<slug:slug>/rows/<slug:row>/", home.row, name="row"),
    path("you/", interests.you, name="you"),
    path("c/<slug:slug>/how/", transparency.how, name="how"),
    path("c/<slug:slug>/interests/", interests.interests, name="interests"),
    path("c/<slug:slug>/interests/preview/", interests.preview, name="interests_preview"),
    path("c/<slug:slug>/start/", onboarding.start, name="start"),
    path("c/<slug:slug>/start/done/", onboarding.done, name="start_done"),
    path("c/<slug:slug>/start/<slug:screen>/", onboarding.question, name="question"),
    path("c/<slug:slug>/health-answers/", onboarding.erase_health, name="erase_health"),
    path("c/<slug:slug>/items/<int:pk>/", home.item, name="item"),
    path("c/<slug:slug>/dial/", steering.dial, name="dial"),
    path("c/<slug:slug>/items/<int:pk>/act/", steering.act, name="act"),
    path("c/<slug:slug>/items/<int:pk>/why/", home.why, name="why"),
]
