from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = _("Recommender")

    def ready(self) -> None:
        from accounts.privacy import consents
        from catalog import item_states
        from catalog.search import semantic_hook
        from catalog.views import page_provider
        from config import clock, health, metrics_page
        from recommender import tasks  # noqa: F401 (registers them for senders by name)
        from recommender.preferences import health_answers
        from recommender.privacy.personal_data import register_personal_data
        from recommender.serving.semantic_search import nearest_in_meaning
        from recommender.training import (
            heartbeats,
            item_changes,  # connects its signals as well
            readiness,
            remote_artifacts,
        )
        from recommender.training import metrics as training_metrics
        from recommender.views.pages import RecommenderPages

        item_states.register(item_changes.listing_state)
        clock.register(heartbeats.clock_is_steady)
        health.register(heartbeats.states)
        health.register(readiness.states)
        metrics_page.register(training_metrics.states)
        health.register(remote_artifacts.states)
        consents.register(health_answers.CONSENT)
        register_personal_data()
        semantic_hook.register(nearest_in_meaning)
        page_provider.register(RecommenderPages())
