"""A site of its own for programs that try the whole API: no workers, no limits, no services."""

from config.settings.test import *  # noqa: F403
from config.settings.test import REST_FRAMEWORK

CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"key": None}}
