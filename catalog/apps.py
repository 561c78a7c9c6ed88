from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogues")

    def ready(self) -> None:
        from catalog import aside, hiding, people  # noqa: F401 (connect their signals; need the models)
        from catalog.kept import register_what_is_kept

        register_what_is_kept()
