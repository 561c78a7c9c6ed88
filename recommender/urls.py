from django.urls import path

from recommender.views import interests, onboarding, transparency, why

app_name = "recommender"
urlpatterns = [
    path("c/<slug:slug>/how/", transparency.how, name="how"),
    path("c/<slug:slug>/interests/", interests.interests, name="interests"),
    path("c/<slug:slug>/interests/preview/", interests.preview, name="interests_preview"),
    path("c/<slug:slug>/start/", onboarding.start, name="start"),
    path("c/<slug:slug>/start/done/", onboarding.done, name="start_done"),
    path("c/<slug:slug>/start/<slug:screen>/", onboarding.question, name="question"),
    path("c/<slug:slug>/health-answers/", onboarding.erase_health, name="erase_health"),
    path("c/<slug:slug>/items/<int:pk>/why/", why.why, name="why"),
]
