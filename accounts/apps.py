from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts.login import known_browser, slow_down, staff_sessions  # noqa: F401 (signals)
        from accounts.policy.roles import create_roles
        from accounts.privacy.personal_data import register_personal_data

        register_personal_data()
        # All permissions exist only after the last app has migrated.
        post_migrate.connect(create_roles, sender=list(apps.get_app_configs())[-1])
