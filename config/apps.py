from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    default_site = "config.admin_site.AdminSite"

    def ready(self) -> None:
        """Make the Celery application, so that every process sends tasks to our broker."""
        super().ready()
        from config import celery, database_errors  # noqa: F401 (connects its signal)

        celery.app.set_current()
