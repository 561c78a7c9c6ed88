"""Settings, routes and the Celery application."""

from typing import Any


def __getattr__(name: str) -> Any:
    """``celery_app``, made when it is first asked for: entry points choose the settings before."""
    if name == "celery_app":
        from config.celery import app

        return app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
