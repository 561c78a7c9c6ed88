from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = _("Recommender")

    def ready(self) -> None:
        from recommender import tasks  # noqa: F401 (registered here too, so that senders find them by name)
        from recommender.kept import register_what_is_kept

        register_what_is_kept()
