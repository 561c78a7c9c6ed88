from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogues")

    def ready(self) -> None:
        from catalog.api import schema_types  # noqa: F401 (drf-spectacular finds its classes)
        from catalog.feedback import kind_rows  # noqa: F401 (connects its signals)
        from catalog.policy import policy, sign_on
        from catalog.privacy.personal_data import register_personal_data
        from catalog.profiles import excluded_reasons, hidden, request_profile, suppression  # noqa: F401 (connect their signals; need the models)

        register_personal_data()
        policy.register()
        sign_on.register()
