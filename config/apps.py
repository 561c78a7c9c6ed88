from django.conf import settings
from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    default_site = "config.admin_site.AdminSite"

    def ready(self) -> None:
        """Make the Celery application, so that every process sends tasks to our broker.

        Errors are reported from here on, if there is an address to report to.
        """
        super().ready()
        from config import celery, database_errors, sentry  # noqa: F401 (one connects its signal)
        from config.version import product_version

        celery.app.set_current()
        if settings.SENTRY_DSN:
            sentry.start(
                dsn=settings.SENTRY_DSN,
                environment=settings.SENTRY_ENVIRONMENT,
                release=f"longtail-{product_version()}",
            )
