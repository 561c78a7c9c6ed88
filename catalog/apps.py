from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogues")

    def ready(self) -> None:
        from catalog import people  # noqa: F401 (connects its signals; needs the models)
