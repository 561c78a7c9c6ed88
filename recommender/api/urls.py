"""Endpoints of the recommender, before the catalogue's: an item id there matches any path."""

from django.urls import path

from recommender.api.health_answers import HealthAnswersOfPerson
from recommender.api.interests import Interests
from recommender.api.model_versions import Promote, RollBack, VersionDetail, VersionList
from recommender.api.recommendations import Recommendations, SimilarItems, SimilarTo
from recommender.api.training_runs import CancelRun, TrainingRunDetail, TrainingRunList

urlpatterns = [
    path(
        "catalogs/<slug:slug>/recommendations",
        Recommendations.as_view(),
        name="api-recommendations",
    ),
    path("catalogs/<slug:slug>/similar", SimilarTo.as_view(), name="api-similar"),
    path("catalogs/<slug:slug>/items/<path:item_id>/similar", SimilarItems.as_view()),
    path("catalogs/<slug:slug>/profiles/<path:user_id>/interests", Interests.as_view()),
    path(
        "catalogs/<slug:slug>/profiles/<path:user_id>/health-answers",
        HealthAnswersOfPerson.as_view(),
    ),
    path("catalogs/<slug:slug>/training-runs", TrainingRunList.as_view(), name="api-training-runs"),
    path("catalogs/<slug:slug>/training-runs/<int:run_id>", TrainingRunDetail.as_view()),
    path("catalogs/<slug:slug>/training-runs/<int:run_id>/cancel", CancelRun.as_view()),
    path("catalogs/<slug:slug>/model-versions", VersionList.as_view(), name="api-model-versions"),
    path("catalogs/<slug:slug>/model-versions/roll-back", RollBack.as_view()),
    path("catalogs/<slug:slug>/model-versions/<int:number>", VersionDetail.as_view()),
    path("catalogs/<slug:slug>/model-versions/<int:number>/promote", Promote.as_view()),
]
