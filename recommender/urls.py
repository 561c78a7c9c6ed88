from django.urls import path

from recommender import interest_views, questionnaire_views, steer_views, transparency_views, views

app_name = "recommender"
urlpatterns = [
    path("c/<slug:slug>/", views.home, name="home"),
    path("c/<slug:slug>/rows/<slug:row>/", views.row, name="row"),
    path("you/", interest_views.you, name="you"),
    path("c/<slug:slug>/how/", transparency_views.how, name="how"),
    path("c/<slug:slug>/interests/", interest_views.interests, name="interests"),
    path("c/<slug:slug>/interests/preview/", interest_views.preview, name="interests_preview"),
    path("c/<slug:slug>/start/", questionnaire_views.start, name="start"),
    path("c/<slug:slug>/start/done/", questionnaire_views.done, name="start_done"),
    path("c/<slug:slug>/start/<slug:screen>/", questionnaire_views.question, name="question"),
    path("c/<slug:slug>/health-answers/", questionnaire_views.erase_health, name="erase_health"),
    path("c/<slug:slug>/items/<int:pk>/", views.item, name="item"),
    path("c/<slug:slug>/dial/", steer_views.dial, name="dial"),
    path("c/<slug:slug>/items/<int:pk>/act/", steer_views.act, name="act"),
    path("c/<slug:slug>/items/<int:pk>/why/", views.why, name="why"),
]
