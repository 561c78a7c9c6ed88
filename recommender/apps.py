from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = _("Recommender")

    def ready(self) -> None:
        from accounts.privacy import consents
        from catalog.search import semantic_hook
        from recommender import health_answers, tasks  # noqa: F401 (tasks: registered here too, for senders by name)
        from recommender.kept import register_what_is_kept
        from recommender.meaning import nearest_in_meaning

        consents.register(health_answers.CONSENT)
        register_what_is_kept()
        semantic_hook.register(nearest_in_meaning)
